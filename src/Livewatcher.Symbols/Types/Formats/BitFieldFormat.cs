// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Types.Formats;

/// <summary>A bit-field's own value out of the bytes that hold it.</summary>
/// <param name="range">Place of the bits in the watched bytes.</param>
/// <param name="isSigned">Whether the highest bit is the sign.</param>
/// <param name="inner">Shows the value as the field's declared type.</param>
internal sealed class BitFieldFormat(BitRange range, bool isSigned, ScalarFormat inner) : IValueFormat
{
    public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf)
    {
        if (Extract(bytes, range) is not { } raw)
        {
            return BytesFormat.Plain.Format(bytes, nameOf);
        }

        Int128 number = isSigned ? Bits.SignExtend(raw, range.Count) : unchecked((Int128)raw);
        Span<byte> value = stackalloc byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(value, number);
        return inner.Format(value[..inner.Size], nameOf);
    }

    /// <summary>Null where the bytes do not reach to the last bit.</summary>
    internal static UInt128? Extract(ReadOnlySpan<byte> bytes, BitRange range)
    {
        UInt128 raw = 0;
        for (int i = 0; i < range.Count; i++)
        {
            ulong bit = range.First + (ulong)i;
            if (bit / 8 >= (ulong)bytes.Length)
            {
                return null;
            }

            raw |= (UInt128)(uint)((bytes[(int)(bit / 8)] >> (int)(bit % 8)) & 1) << i;
        }

        return raw;
    }
}
