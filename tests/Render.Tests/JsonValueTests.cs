// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests;

public sealed class JsonValueTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("9007199254740993")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551615")]
    [InlineData("-170141183460469231731687303715884105728")]
    [InlineData("170141183460469231731687303715884105727")]
    public void IntegersAreExactAtAnySize(string number) =>
        Raw(new Value(ValueKind.Integer, "irrelevant", Int128.Parse(number, CultureInfo.InvariantCulture))).Should().Be(number);

    [Fact]
    public void CharactersAreNumbers() => Raw(new Value(ValueKind.Integer, "97 'a'", 97)).Should().Be("97");

    [Fact]
    public void FloatsKeepTheDigitsOfTheirOwnType() => Raw(new Value(ValueKind.Float, "3.2", Real: 3.2f)).Should().Be("3.2");

    [Fact]
    public void LongDoublesKeepAllTheirDigits() =>
        Raw(new Value(ValueKind.Float, "3.14159265358979323851", Real: Math.PI)).Should().Be("3.14159265358979323851");

    [Theory]
    [InlineData("1.5 (approximately)", 1.5, "1.5")]
    [InlineData(".5", 0.5, "0.5")]
    [InlineData("007", 7, "7")]
    [InlineData("1.", 1, "1")]
    [InlineData("1e", 1, "1")]
    [InlineData("2", 1, "1")]
    [InlineData("", 1, "1")]
    [InlineData("-0", -0.0, "-0")]
    [InlineData("1e-05", 1e-5, "1e-05")]
    [InlineData("1.25e+300", 1.25e300, "1.25e+300")]
    public void TextThatIsNoJsonNumberIsNotTaken(string text, double real, string expected) =>
        Raw(new Value(ValueKind.Float, text, Real: real)).Should().Be(expected);

    [Theory]
    [InlineData(double.NaN, "\"NaN\"")]
    [InlineData(double.PositiveInfinity, "\"Infinity\"")]
    [InlineData(double.NegativeInfinity, "\"-Infinity\"")]
    public void WhatJsonHasNoNumberForIsAString(double real, string expected) =>
        Raw(new Value(ValueKind.Float, "nan(0x8000)", Real: real)).Should().Be(expected);

    [Fact]
    public void BooleansAreBooleans()
    {
        Raw(new Value(ValueKind.Boolean, "true", 1)).Should().Be("true");
        Raw(new Value(ValueKind.Boolean, "true (7)", 7)).Should().Be("true");
        Raw(new Value(ValueKind.Boolean, "false", 0)).Should().Be("false");
    }

    [Theory]
    [InlineData(ValueKind.Enumerator, "ST_OPEN")]
    [InlineData(ValueKind.Pointer, "0x55d0c4a0b0c8 <g_table+8>")]
    [InlineData(ValueKind.Bytes, "{01 00 00 00 ff}")]
    public void TheRestIsText(ValueKind kind, string text) => Raw(new Value(kind, text, 5)).Should().Be($"\"{text}\"");

    private static string Raw(Value value)
    {
        using var line = JsonDocument.Parse(Rendered.Json(Scenario.Hit(1, 1) with { New = value }));
        return line.RootElement.GetProperty("new").GetRawText();
    }
}
