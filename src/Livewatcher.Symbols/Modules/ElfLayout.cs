// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;

namespace Livewatcher.Symbols.Modules;

/// <summary>Bytes by their offset in an ELF file, wherever they are kept.</summary>
internal interface IByteSource
{
    /// <summary>Fills the whole buffer, or returns false.</summary>
    bool TryRead(ulong offset, Span<byte> buffer);
}

/// <summary>Elf64_Phdr (elf(5)).</summary>
internal readonly record struct ProgramHeader(
    uint Type, uint Flags, ulong Offset, ulong VirtualAddress, ulong FileSize, ulong MemorySize)
{
    public const uint Load = 1;
    public const uint Note = 4;

    public const uint Writable = 2;

    public bool IsLoaded => Type == Load && MemorySize > 0;

    public bool IsReadOnly => (Flags & Writable) == 0;
}

/// <summary>What an ELF file's header and program headers say. Parsed by us, from the file or from the target's
/// memory, before any library sees the file: nobody vetted it.</summary>
internal sealed class ElfLayout
{
    /// <summary>Elf64_Ehdr.</summary>
    public const int HeaderSize = 64;

    private const int ProgramHeaderSize = 56;

    /// <summary>EM_X86_64.</summary>
    private const ushort MachineX64 = 62;

    /// <summary>ET_EXEC and ET_DYN are what a process can map.</summary>
    private const ushort TypeExecutable = 2;

    private const ushort TypeShared = 3;

    private ElfLayout(ulong tableOffset, bool isShared, ProgramHeader[] headers)
    {
        TableOffset = tableOffset;
        IsShared = isShared;
        Headers = headers;
    }

    /// <summary>More program headers than any linker writes (a big program has 15).</summary>
    public static int MaxHeaders => 256;

    /// <summary>e_phoff.</summary>
    public ulong TableOffset { get; }

    public int TableSize => Headers.Count * ProgramHeaderSize;

    /// <summary>ET_DYN: a shared library or a position-independent program.</summary>
    public bool IsShared { get; }

    public IReadOnlyList<ProgramHeader> Headers { get; }

    /// <summary>Null with a reason where the source holds no ELF file that can run here.</summary>
    public static ElfLayout? Read(IByteSource source, out string? reason)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (!source.TryRead(0, header) || !HasMagic(header))
        {
            reason = "not an ELF file";
            return null;
        }

        // EI_CLASS 2 is ELFCLASS64, EI_DATA 1 is little endian.
        if (header[4] != 2 || header[5] != 1 || BinaryPrimitives.ReadUInt16LittleEndian(header[18..]) != MachineX64)
        {
            reason = "not an x86-64 ELF file";
            return null;
        }

        var type = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]);
        var tableOffset = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        var entrySize = BinaryPrimitives.ReadUInt16LittleEndian(header[54..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        if (type is not (TypeExecutable or TypeShared) || entrySize != ProgramHeaderSize || count == 0 || count > MaxHeaders)
        {
            reason = "corrupt ELF header";
            return null;
        }

        var table = new byte[count * ProgramHeaderSize];
        if (!source.TryRead(tableOffset, table))
        {
            reason = "program headers cannot be read";
            return null;
        }

        reason = null;
        return new ElfLayout(tableOffset, type == TypeShared, ParseHeaders(table, count));
    }

    public static bool HasMagic(ReadOnlySpan<byte> header) => header.StartsWith("\u007fELF"u8);

    private static ProgramHeader[] ParseHeaders(ReadOnlySpan<byte> table, int count)
    {
        var headers = new ProgramHeader[count];
        for (var i = 0; i < count; i++)
        {
            var entry = table.Slice(i * ProgramHeaderSize, ProgramHeaderSize);
            headers[i] = new ProgramHeader(
                BinaryPrimitives.ReadUInt32LittleEndian(entry),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]));
        }

        return headers;
    }
}
