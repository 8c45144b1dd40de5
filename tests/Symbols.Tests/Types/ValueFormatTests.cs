// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Numerics;
using AwesomeAssertions;
using CsCheck;
using Livewatcher.Model;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Types.Formats;
using Xunit;

namespace Livewatcher.Symbols.Tests.Types;

/// <summary>Bytes to text, against what .NET's own arithmetic gives.</summary>
public sealed class ValueFormatTests
{
    private static readonly Func<Address, string?> Nameless = _ => null;

    [Fact]
    public void IntegersOfAnyWidthAreTwosComplement() =>
        Gen.Select(Gen.Byte.Array[1, 16], Gen.Bool).Sample((bytes, isSigned) =>
        {
            var expected = new BigInteger(bytes, isUnsigned: !isSigned);
            Value value = new IntegerFormat(bytes.Length, isSigned).Format(bytes, Nameless);
            value.Text.Should().Be(expected.ToString(CultureInfo.InvariantCulture));
            (value.Kind == ValueKind.Integer && (expected > (BigInteger)Int128.MaxValue || (BigInteger)value.Number == expected)).Should().BeTrue();
        });

    [Fact]
    public void BitFieldsAreTheirBits() =>
        Gen.Select(Gen.Byte.Array[1, 8], Gen.Int[0, 63], Gen.Int[1, 64], Gen.Bool)
            .Where((bytes, first, count, _) => first + count <= bytes.Length * 8)
            .Sample((bytes, first, count, isSigned) =>
            {
                BigInteger bits = (new BigInteger(bytes, isUnsigned: true) >> first) & ((BigInteger.One << count) - 1);
                BigInteger expected = isSigned && !(bits >> (count - 1)).IsZero ? bits - (BigInteger.One << count) : bits;
                var format = new BitFieldFormat(new BitRange((ulong)first, count), isSigned, new IntegerFormat(8, isSigned));
                format.Format(bytes, Nameless).Text.Should().Be(expected.ToString(CultureInfo.InvariantCulture));
            });

    [Fact]
    public void DoublesAndFloatsReadBackTheSame() =>
        Gen.Double.Sample(number =>
        {
            Value value = new FloatFormat(FloatShape.Double).Format(BitConverter.GetBytes(number), Nameless);
            Value single = new FloatFormat(FloatShape.Single).Format(BitConverter.GetBytes((float)number), Nameless);
            value.Real.Equals(number).Should().BeTrue();
            single.Real.Equals((float)number).Should().BeTrue();
            value.Text.Should().NotContain("E");
            if (double.IsFinite(number))
            {
                double.Parse(value.Text, CultureInfo.InvariantCulture).Should().Be(number);
            }
        });

    [Theory]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    [InlineData(-0.0, "-0")]
    [InlineData(3.25, "3.25")]
    [InlineData(1e20, "1e+20")]
    public void SpecialDoublesAreSpelledAsInC(double number, string text) =>
        new FloatFormat(FloatShape.Double).Format(BitConverter.GetBytes(number), Nameless).Text.Should().Be(text);

    [Fact]
    public void NothingCommandsTheTerminal()
    {
        for (uint code = 0; code <= 0x1_1000; code++)
        {
            string text = TextEscape.Character(code & 0xff, 1) + TextEscape.Character(code & 0xffff, 2) + TextEscape.Character(code, 4);
            text.All(c => c is >= ' ' and < '\x7f').Should().BeTrue();
        }

        Gen.Byte.Array[0, 40].Sample(bytes => new BytesFormat(isText: true).Format(bytes, Nameless).Text.All(c => c is >= ' ' and < '\x7f'));
    }

    [Theory]
    [InlineData(97, "97 'a'")]
    [InlineData(0, @"0 '\0'")]
    [InlineData(10, @"10 '\n'")]
    [InlineData(27, @"27 '\033'")]
    [InlineData(39, @"39 '\''")]
    [InlineData(92, @"92 '\\'")]
    [InlineData(0xfb, @"-5 '\373'")]
    public void CharactersAreEscaped(byte code, string text) =>
        new CharacterFormat(1, isSigned: true).Format([code], Nameless).Text.Should().Be(text);

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 255 }, false, "{01 00 00 00 ff}")]
    [InlineData(new byte[] { 104, 105, 34, 0, 120 }, true, "{68 69 22 00 78} \"hi\\\"\"")]
    [InlineData(new byte[] { }, false, "{}")]
    public void BytesAreShownAsBytes(byte[] bytes, bool isText, string text) => new BytesFormat(isText).Format(bytes, Nameless).Text.Should().Be(text);

    [Fact]
    public void ManyBytesAreCutAt32() =>
        BytesFormat.Plain.Format(new byte[33], Nameless).Text.Should().Be("{" + string.Join(' ', Enumerable.Repeat("00", 32)) + " ...}");

    [Fact]
    public void PointersNameWhatTheyPointTo()
    {
        var format = new PointerFormat(8);
        format.Format([0xe0, 0x55, 0, 0, 0, 0, 0, 0], a => a.Value == 0x55e0 ? "g_table+8" : null)
            .Should().Be(new Value(ValueKind.Pointer, "0x55e0 <g_table+8>", 0x55e0));
        format.Format(new byte[8], _ => "never").Should().Be(new Value(ValueKind.Pointer, "0x0"));
        format.Format([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Nameless).Number.Should().Be(ulong.MaxValue);
    }

    [Fact]
    public void WhereBytesAreMissingThoseThatAreKnownAreShown() =>
        new IntegerFormat(8, isSigned: true).Format([1, 2], Nameless).Should().Be(new Value(ValueKind.Bytes, "{01 02}"));

    [Theory]
    [InlineData(0, "false")]
    [InlineData(1, "true")]
    [InlineData(7, "true (7)")]
    public void BooleansThatAreNeitherSaySo(byte code, string text) => new BooleanFormat(1).Format([code], Nameless).Text.Should().Be(text);

    [Theory]
    [InlineData("A=0,B=1,C=2", 1, "B")]
    [InlineData("A=0,B=1,C=2", 3, "(enum e)3")]
    [InlineData("A=1,B=2", 3, "(enum e)3")]
    [InlineData("A=1,B=2,C=4", 5, "A|C")]
    [InlineData("A=1,B=2,C=4", 13, "A|C|0x8")]
    [InlineData("A=1,B=2,C=4", 8, "(enum e)8")]
    [InlineData("A=1,B=2,C=4,ALL=7", 7, "ALL")]
    [InlineData("NONE=0,A=1,B=2,C=4", 0, "NONE")]
    [InlineData("A=1,B=2,C=4", 0, "(enum e)0")]
    [InlineData("A=0,B=1,C=2,D=3,E=4", 5, "(enum e)5")]
    [InlineData("A=1,B=2,C=4,ODD=9", 3, "(enum e)3")]
    [InlineData("A=-1,B=1", -1, "A")]
    [InlineData("A=-1,B=1", -2, "(enum e)-2")]
    public void EnumeratorsAreNamed(string enumerators, int number, string text)
    {
        Enumerator[] list = [.. enumerators.Split(',').Select(e => e.Split('=')).Select(e => new Enumerator(e[0], int.Parse(e[1], CultureInfo.InvariantCulture)))];
        var format = new EnumerationFormat(4, list.Any(e => e.Number < 0), "enum e", "", list);

        format.Format(BitConverter.GetBytes(number), Nameless).Should().Be(new Value(ValueKind.Enumerator, text, number));
    }
}
