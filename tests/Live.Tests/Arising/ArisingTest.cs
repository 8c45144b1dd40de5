// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Arising;

/// <summary>Watches that arm themselves, in every way a program is commonly built, against the program's own count.</summary>
public abstract class ArisingTest : LiveTest
{
    public static TheoryData<string, string, Linking> Builds => new()
    {
        { "gcc", "-O2 -fomit-frame-pointer", Linking.Pie },
        { "gcc", "-O0", Linking.NoPie },
        { "clang", "-O2 -fomit-frame-pointer", Linking.NoPie },
        { "clang", "-O0", Linking.Pie },
    };

    private protected static async Task<string> BuildAsync(string source, string compiler, string optimization, Linking linking) => await Toolchain.BuildAsync(
        new Recipe(source) { Compiler = compiler, Optimization = optimization, Linking = linking, Extra = "-fstack-protector-strong" });

    /// <summary>Hits at one marked line, as many as the program says.</summary>
    private protected static void AreAt(Report report, string function, string file, string marker, long own)
    {
        report.Hits.Should().HaveCount((int)own, string.Join("\n", report.Hits.Take(20)));
        report.Hits.Should().OnlyContain(hit => hit.Stack[0].Function == function);
        report.Hits.Select(hit => hit.Stack[0].Line).Should().Contain(Source.Line(file, marker));
    }
}
