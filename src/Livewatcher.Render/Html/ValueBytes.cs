// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>The bytes that a value was made of, as far as the value tells: a recording holds values, not memory.</summary>
internal static class ValueBytes
{
    private const int LongestNumber = 16;

    /// <returns>Null where the value does not tell each byte.</returns>
    public static byte[]? Of(Value value, Watch watch)
    {
        if (watch.Length is < 1 or > 1 << 12 || watch.TypeName?.Contains(" : ", StringComparison.Ordinal) == true)
            return null; // a bit-field is a part of its bytes
        return value.Kind switch
        {
            ValueKind.Bytes => Listed(value.Text, watch.Length),
            ValueKind.Float => Real(value.Real, watch.Length),
            _ => Whole(value.Number, watch.Length),
        };
    }

    private static byte[]? Whole(Int128 number, int length)
    {
        if (length > LongestNumber)
            return null;
        byte[] bytes = new byte[LongestNumber];
        System.Buffers.Binary.BinaryPrimitives.WriteInt128LittleEndian(bytes, number);
        return bytes[..length];
    }

    private static byte[]? Real(double number, int length) => length switch
    {
        sizeof(float) when ((double)(float)number).Equals(number) => BitConverter.GetBytes((float)number),
        sizeof(double) => BitConverter.GetBytes(number),
        _ => null, // of other formats the digits are known, not the bits
    };

    /// <summary>{01 00 ff}</summary>
    private static byte[]? Listed(string text, int length)
    {
        if (text is not ['{', .. var inner, '}'])
            return null;
        string[] parts = inner.Split(' ');
        if (parts.Length != length)
            return null;
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            if (parts[i].Length != 2 || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]))
                return null;
        }

        return bytes;
    }
}
