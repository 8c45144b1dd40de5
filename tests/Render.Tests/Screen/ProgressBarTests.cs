// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Render.Tests.Screen;

/// <summary>How far something has come, in a line that never becomes two.</summary>
public sealed class ProgressBarTests
{
    [Theory]
    [InlineData(80, 0.0, "writing the report [........................]   0 %  3 s")]
    [InlineData(80, 0.5, "writing the report [############............]  50 %  3 s")]
    [InlineData(80, 0.999, "writing the report [########################]  99 %  3 s")]
    [InlineData(80, 7.0, "writing the report [########################] 100 %  3 s")]
    [InlineData(40, 0.5, "writing the report [####...]  50 %  3 s")]
    [InlineData(30, 0.5, "writing the report  50 %  3 s")]
    [InlineData(20, 0.5, "writing the repo...")]
    public void ABar(int width, double part, string expected)
    {
        string line = ProgressBar.Draw("writing the report", part, TimeSpan.FromSeconds(3.4), width);
        line.Should().Be(expected);
        line.Length.Should().BeLessThan(width);
    }

    [Fact]
    public void WhereNobodyKnowsHowMuchItIs() =>
        ProgressBar.Draw("arming 4,000 threads", null, TimeSpan.FromSeconds(2), 80).Should().Be("arming 4,000 threads ... 2 s");

    [Fact]
    public void AHostileNameIsSpelledOut() => ProgressBar.Draw("reading \e[2J", null, TimeSpan.Zero, 80).Should().Be("reading \\x1b[2J ... 0 s");
}
