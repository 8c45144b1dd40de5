// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Numerics;

namespace Livewatcher.Symbols.Types.Formats;

/// <summary>Floating point wider than a double. .NET has none, so the digits are made with whole numbers.</summary>
internal static class WideFloat
{
    /// <summary>LDBL_DIG and FLT128_DIG of float.h: decimal digits that survive the way there and back.</summary>
    private const int ExtendedDigits = 18;
    private const int QuadrupleDigits = 33;

    /// <summary>x87 double extended (Intel SDM vol. 1, 4.2.2): 64 bits with an explicit integer bit, 15 of exponent, sign.</summary>
    internal static (string Text, double Real) FromExtended(ReadOnlySpan<byte> bytes)
    {
        ulong significand = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        int top = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        return Make((top & 0x8000) != 0, top & 0x7fff, significand, 63, (significand << 1) != 0, ExtendedDigits);
    }

    /// <summary>IEEE 754 binary128: 112 bits and a hidden one.</summary>
    internal static (string Text, double Real) FromQuadruple(ReadOnlySpan<byte> bytes)
    {
        UInt128 raw = BinaryPrimitives.ReadUInt128LittleEndian(bytes);
        int exponent = (int)(raw >> 112) & 0x7fff;
        UInt128 fraction = raw & Bits.Mask(112);
        UInt128 significand = exponent == 0 ? fraction : fraction | (UInt128.One << 112);
        return Make((raw >> 127) != 0, exponent, significand, 112, fraction != 0, QuadrupleDigits);
    }

    private static (string Text, double Real) Make(bool negative, int exponent, UInt128 significand, int point, bool hasFraction, int digits)
    {
        string sign = negative ? "-" : "";
        if (exponent == 0x7fff)
        {
            return hasFraction ? ("nan", double.NaN) : (sign + "inf", negative ? double.NegativeInfinity : double.PositiveInfinity);
        }

        if (significand == 0)
        {
            return (sign + "0", negative ? -0.0 : 0.0);
        }

        string text = sign + Decimal(significand, Math.Max(exponent, 1) - 16383 - point, digits);
        return (text, double.Parse(text));
    }

    /// <summary>significand * 2^power, rounded half to even, as printf's %.{digits}g writes it.</summary>
    private static string Decimal(BigInteger significand, int power, int digits)
    {
        int exponent = (int)Math.Floor((BigInteger.Log10(significand) + (power * Math.Log10(2))));
        BigInteger rounded = Scale(significand, power, digits - 1 - exponent);
        string text = rounded.ToString();
        if (text.Length != digits)
        {
            // The estimate was off by one, or rounding carried into a new digit.
            exponent += text.Length - digits;
            text = Scale(significand, power, digits - 1 - exponent).ToString();
        }

        return Place(text, exponent, digits);
    }

    /// <summary>significand * 2^power * 10^decimals, rounded half to even.</summary>
    private static BigInteger Scale(BigInteger significand, int power, int decimals)
    {
        BigInteger numerator = significand * (power > 0 ? BigInteger.One << power : 1) * (decimals > 0 ? BigInteger.Pow(10, decimals) : 1);
        BigInteger denominator = (power < 0 ? BigInteger.One << -power : 1) * (decimals < 0 ? BigInteger.Pow(10, -decimals) : 1);
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int half = (rest << 1).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    private static string Place(string digits, int exponent, int precision)
    {
        string trimmed = digits.TrimEnd('0');
        if (exponent < -4 || exponent >= precision)
        {
            string fraction = trimmed.Length > 1 ? $".{trimmed[1..]}" : "";
            return $"{trimmed[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
        {
            return $"0.{new string('0', -exponent - 1)}{trimmed}";
        }

        string whole = digits[..(exponent + 1)];
        string rest = digits[(exponent + 1)..].TrimEnd('0');
        return rest.Length == 0 ? whole : $"{whole}.{rest}";
    }
}
