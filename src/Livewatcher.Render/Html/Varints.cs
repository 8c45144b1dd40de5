// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>Bytes that grow, and numbers in them of as few bytes as they need: seven bits a byte, the low ones first, the
/// eighth says that more follow (LEB128).</summary>
internal sealed class Varints
{
    private byte[] bytes = new byte[1 << 16];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Add(ulong number)
    {
        Span<byte> room = Room(10);
        int count = 0;
        for (; number >= 0x80; number >>= 7)
            room[count++] = (byte)(number | 0x80);
        room[count++] = (byte)number;
        Length += count;
    }

    /// <summary>0, -1, 1, -2: 0, 1, 2, 3.</summary>
    public void AddSigned(long number) => Add((ulong)((number << 1) ^ (number >> 63)));

    /// <summary>Eight bytes, little endian.</summary>
    public void Add(double number)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteDoubleLittleEndian(Room(8), number);
        Length += 8;
    }

    private Span<byte> Room(int count)
    {
        if (Length + count > bytes.Length)
            Array.Resize(ref bytes, bytes.Length * 2);
        return bytes.AsSpan(Length);
    }
}
