// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Arising;

/// <summary>The README's four bugs, each found by its one command.</summary>
public sealed partial class SampleTests : LiveTest
{
    [Theory]
    [InlineData("smash", 134, "this is the bug")]
    [InlineData("neighbour", 0, "this is the bug")]
    [InlineData("stale", 0, "this is the bug")]
    [InlineData("reuse", 0, "this is found")]
    public async Task TheLineIsNamed(string sample, int status, string mark)
    {
        var command = Command().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken)).Single(match => match.Groups["sample"].Value == sample);
        var options = Word().Matches(command.Groups["options"].Value).Select(word => word.Value.Trim('\''));
        var run = await RunAsync(Path.Combine(Repository.Root, "artifacts", "samples", sample), [.. options]);
        run.Status.Should().Be(status);
        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "samples", sample, $"{sample}.c"), TestContext.Current.CancellationToken);
        var guilty = Array.FindIndex(lines, line => line.Contains(mark, StringComparison.Ordinal)) + 1;
        run.Report.Writers.Should().Contain(writer => writer.Stack.Any(frame => frame.FileName == $"{sample}.c" && frame.Line == guilty), $"line {guilty} is the one");
        run.Report.Coverage.Complete.Should().BeTrue(string.Join(" | ", run.Report.Coverage.Gaps));
    }

    [GeneratedRegex("`livewatcher run (?<options>[^`]*) -- artifacts/samples/(?<sample>[a-z]+)`", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Command();

    [GeneratedRegex("'[^']*'|[^ ']+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Word();
}
