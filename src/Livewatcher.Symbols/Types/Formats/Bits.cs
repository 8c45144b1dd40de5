// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Types.Formats;

/// <summary>Little-endian numbers of 1 to 16 bytes.</summary>
internal static class Bits
{
    internal static UInt128 ReadUnsigned(ReadOnlySpan<byte> bytes)
    {
        UInt128 value = 0;
        for (int i = Math.Min(bytes.Length, 16) - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    /// <summary>The lowest bits of a number as two's complement.</summary>
    internal static Int128 SignExtend(UInt128 value, int bits) =>
        bits is >= 128 or <= 0 ? unchecked((Int128)value) : unchecked((Int128)(value << (128 - bits)) >> (128 - bits));

    internal static UInt128 Mask(int bits) => bits >= 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
}
