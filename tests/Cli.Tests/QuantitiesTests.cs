// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Cli.Options;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Cli.Tests;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("500ms", 500)]
    [InlineData("250us", 0.25)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("7", 7000)]
    [InlineData("0.001", 1)]
    public void Times(string text, double milliseconds) => Quantities.ParseTime(text).TotalMilliseconds.Should().BeApproximately(milliseconds, 0.0001);

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("30 s")]
    [InlineData("30S")]
    [InlineData("soon")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    public void NoTimes(string text)
    {
        Action parse = () => Quantities.ParseTime(text);
        parse.Should().Throw<UserException>().WithMessage($"--for {text}:*");
    }

    [Theory]
    [InlineData("99999999999999999999d")]
    [InlineData("999999999h")]
    public void ATimeBeyondAllTimesIsLongEnough(string text) => Quantities.ParseTime(text).Should().BeGreaterThan(TimeSpan.FromDays(10_000));

    [Theory]
    [InlineData("64K", 1 << 16)]
    [InlineData("64k", 1 << 16)]
    [InlineData("65536", 1 << 16)]
    [InlineData("16M", 1 << 24)]
    [InlineData("16m", 1 << 24)]
    [InlineData("1G", 1 << 30)]
    [InlineData("1024M", 1 << 30)]
    public void Rings(string text, int bytes) => Quantities.ParseRing(text).Should().Be(bytes);

    [Theory]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("32K")]
    [InlineData("100K")]
    [InlineData("2G")]
    [InlineData("-16M")]
    [InlineData("16 M")]
    [InlineData("1.5M")]
    [InlineData("16T")]
    [InlineData("18446744073709551616")]
    [InlineData("17179869184G")]
    public void NoRings(string text)
    {
        Action parse = () => Quantities.ParseRing(text);
        parse.Should().Throw<UserException>().WithMessage($"--ring {text}:*");
    }
}
