// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Modules;

/// <summary>Whether a debug file is the one that belongs to a module.</summary>
internal static class DebugFileCheck
{
    private static readonly uint[] Table = CreateTable();

    public static bool HasBuildId(SafeFileHandle file, ReadOnlySpan<byte> expected) =>
        ElfBuildId.Read(file) is { } id && expected.SequenceEqual(id);

    /// <summary>The checksum of .gnu_debuglink: CRC-32 with the polynomial 0x04c11db7, reflected, over the whole file
    /// ("Separate Debug Files" in gdb's manual).</summary>
    public static bool HasChecksum(SafeFileHandle file, uint expected)
    {
        var buffer = new byte[1 << 16];
        var value = uint.MaxValue;
        long offset = 0;
        for (int count; (count = RandomAccess.Read(file, buffer, offset)) > 0; offset += count)
        {
            foreach (var octet in buffer.AsSpan(0, count))
            {
                value = Table[(byte)(value ^ octet)] ^ (value >> 8);
            }
        }

        return ~value == expected;
    }

    private static uint[] CreateTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xedb88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
