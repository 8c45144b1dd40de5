// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;

namespace Livewatcher.Model;

/// <summary>Reads the memory of a process that may change, shrink or vanish under the reader.</summary>
public interface ITargetMemory
{
    /// <summary>Fills the whole buffer, or returns false and leaves its content undefined.</summary>
    bool TryRead(Address address, Span<byte> buffer);

    /// <summary>Words at a time, little endian in the low bytes each.</summary>
    /// <param name="places">Where, and how many bytes, 0 to 8.</param>
    /// <param name="words">As many.</param>
    /// <returns>False where any of them could not be read; all are undefined then.</returns>
    bool TryReadWords(ReadOnlySpan<(Address At, int Length)> places, Span<ulong> words)
    {
        Span<byte> bytes = stackalloc byte[8];
        for (int i = 0; i < places.Length; i++)
        {
            bytes.Clear();
            if (!TryRead(places[i].At, bytes[..places[i].Length]))
                return false;
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        return true;
    }
}
