// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Watching;

/// <summary>Old and new value as the type says; the JSON text is what docs/json.md promises.</summary>
public sealed class ValueTests : LiveTest
{
    [Theory]
    [InlineData("g_tiny", "-1", "127", "-128")]
    [InlineData("g_large", "0", "18446744073709551615", "1")]
    [InlineData("g_ratio", "0", "0.1", "-2.5")]
    [InlineData("g_price", "0", "19.99", "1e+300")]
    [InlineData("g_open", "false", "true", "false")]
    [InlineData("g_phase", "\"PHASE_IDLE\"", "\"PHASE_BUSY\"", "\"PHASE_DONE\"")]
    [InlineData("g_letter", "97", "122", "10")]
    public async Task ScalarsAreTyped(string watch, string first, string second, string third)
    {
        foreach (var compiler in new[] { "gcc", "clang" })
        {
            var report = await RunValuesAsync(compiler, watch);
            if (report is not null)
            {
                report.Hits.Select(hit => hit.Old!.Value.GetRawText()).Should().Equal([first, second], compiler);
                report.Hits.Select(hit => hit.New!.Value.GetRawText()).Should().Equal([second, third], compiler);
                report.Armed[0].Value!.Value.GetRawText().Should().Be(first);
            }
        }
    }

    [Fact]
    public async Task APointerNamesWhatItPointsTo()
    {
        if (await RunValuesAsync("gcc", "g_pointer") is { } report)
        {
            report.Hits[0].New!.Value.GetString().Should().MatchRegex("^0x[0-9a-f]+ <g_numbers\\+8>$");
            report.Hits[1].New!.Value.GetString().Should().Be("0x0");
        }
    }

    [Fact]
    public async Task AStructShowsItsBytes()
    {
        if (await RunValuesAsync("gcc", "g_point") is { } report)
        {
            report.Hits[0].New!.Value.GetString().Should().Be("{02 01 00 00}");
            report.Hits[1].New!.Value.GetString().Should().Be("{02 01 ff ff}");
        }
    }

    // Null where the run was not complete.
    private async Task<Report?> RunValuesAsync(string compiler, string watch)
    {
        var program = await Toolchain.BuildAsync(new Recipe("values.c") { Compiler = compiler });
        var run = await RunAsync(program, ["--watch", watch]);
        run.Status.Should().Be(0);
        return Honesty.Check(run.Report, (watch, 2)) ? run.Report : null;
    }
}
