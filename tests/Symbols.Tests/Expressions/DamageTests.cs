// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>Debug information that is damaged gives reasons or other places, never an exception.</summary>
public sealed class DamageTests(CPrograms programs, CxxPrograms cxxPrograms) : IClassFixture<CPrograms>, IClassFixture<CxxPrograms>
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("LIVEWATCHER_DAMAGE_ROUNDS") ?? "60", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("gcc", 4)]
    [InlineData("clang", 5)]
    public void DamageInAProgramIsSurvived(string compiler, int dwarf) =>
        Survive(programs[Toolchain.Default with { Compiler = compiler, Dwarf = dwarf }], "head->next->state", "bits.count", "table[2]", "total", "nothing_like_it", "*(struct conn*)head");

    [Theory]
    [InlineData("gcc", 5)]
    [InlineData("clang", 4)]
    public void DamageInACxxProgramIsSurvived(string compiler, int dwarf) =>
        Survive(
            cxxPrograms[new Toolchain(compiler, "-O2", dwarf, dwarf == 4)],
            "diamond_pointer->top", "ns::Widget::Part::parts", "both.second", "overloaded(int)::place", "((Circle*)shape)->radius", "ns::x_not_there");

    private static void Survive(RunningProgram program, params string[] expressions)
    {
        byte[] original = File.ReadAllBytes($"/proc/{program.Id}/exe");
        List<(int, int)> sections = DebugSections(program.Id);
        var target = new ThreadedTarget(program.Id, new Dictionary<ThreadId, Address>());
        for (int seed = 0; seed < Rounds; seed++)
        {
            using var file = new DamagedFile(original, sections, seed);
            ILoadedModule[] modules = [.. program.Modules.Select(m => m.IsMainProgram ? new PartialModule(m, dwarf: () => file.Dwarf) : m)];
            var resolver = new WatchResolver(target, () => modules, _ => null);
            foreach (string expression in expressions)
            {
                if (resolver.Resolve(new WatchRequest(expression, AccessMode.Write)) is WatchResolution.Resolved { Watch: var watch })
                {
                    watch.Format.Format(new byte[Math.Min(watch.Length, 64)], _ => null).Text.Any(char.IsControl).Should().BeFalse();
                }
            }

            resolver.Resolve(new WatchRequest("main.c:20", AccessMode.Execute)).Should().NotBeNull();
            resolver.Resolve(new WatchRequest("main.c::main", AccessMode.Execute)).Should().NotBeNull();
        }
    }

    /// <summary>By readelf: "[28] .debug_info PROGBITS 0000000000000000 003042 000b3f".</summary>
    private static List<(int Offset, int Size)> DebugSections(int id) =>
    [
        .. from line in Shell.Run("readelf", "-SW", $"/proc/{id}/exe").Split('\n')
           let words = line.Split(']')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)
           where words.Length > 4 && words[0].StartsWith(".debug_", StringComparison.Ordinal)
           select (int.Parse(words[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture), int.Parse(words[4], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
    ];
}
