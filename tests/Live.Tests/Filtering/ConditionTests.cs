// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Filtering;

/// <summary>More than a hundred conditions, each decided by livewatcher at every write and by the compiler's own code.</summary>
public sealed partial class ConditionTests : LiveTest
{
    private const int Slots = 4;

    [Theory]
    [Trait(Slow.Category, Slow.Name)]
    [InlineData("gcc", "-O2 -fomit-frame-pointer", Linking.Pie, "bpf", "task")]
    [InlineData("clang", "-O0", Linking.NoPie, "perf", "task")]
    [InlineData("gcc", "-O0", Linking.NoPie, "ptrace", "task")]
    [InlineData("clang", "-O2 -fomit-frame-pointer", Linking.Pie, "bpf", "cpu")]
    public async Task EveryConditionHoldsAsOftenAsTheCompilerSays(string compiler, string optimization, Linking linking, string backend, string scope)
    {
        var conditions = ReadConditions();
        conditions.Should().HaveCountGreaterThan(100);
        var program = await Toolchain.BuildAsync(new Recipe("conditions.c") { Compiler = compiler, Optimization = optimization, Linking = linking, Extra = "-w -fwrapv" });
        var step = Slow.Choose(Slots * 6, Slots);
        for (var from = 0; from < conditions.Count; from += step)
        {
            var asked = conditions.Skip(from).Take(Slots).ToList();
            var options = asked.SelectMany(one => (string[])["--watch", one.Watch, "--if", one.Condition]).Concat(["--backend", backend, "--scope", scope]);
            var run = await RunAsync(program, [.. options, .. scope == "cpu" ? ["--guard", "off"] : Array.Empty<string>()], $"{from}", $"{from + asked.Count}");
            run.Status.Should().Be(0, run.Process.Describe("the program goes on as it would"));
            run.Report.Coverage.Hits.Escaped.Should().Be(0);
            for (var i = 0; i < asked.Count; i++)
            {
                var (held, hits) = ((int)run.Facts[$"held {from + i}"], run.Report.HitsOn(asked[i].Watch));
                // Samples have no SSE registers, so what is stored from one is not known: such a hit is reported, and says so.
                var undecided = backend == "perf" ? hits.Count(hit => hit.Undecided) : 0;
                hits.Count.Should().BeInRange(
                    held, held + undecided, $"'{asked[i].Condition}' of {asked[i].Watch} holds as often ({backend}, {compiler} {optimization})");
            }
        }
    }

    /// <summary>Each with the variable that it is about, which is named after its line.</summary>
    private static List<(string Watch, string Condition)> ReadConditions()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Programs, "conditions.inc"));
        return [.. lines.Select((text, index) => (Match: Line().Match(text), Number: index + 1)).Where(line => line.Match.Success)
            .Select(line => ($"w_{line.Number}", line.Match.Groups["condition"].Value))];
    }

    [GeneratedRegex(@"^C\(\w+, (?<condition>.+)\)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Line();
}
