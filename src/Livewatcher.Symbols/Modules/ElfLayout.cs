// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;

namespace Livewatcher.Symbols.Modules;

/// <summary>Bytes by their offset in an ELF file, wherever they are kept.</summary>
internal interface IByteSource
{
    /// <summary>Fills the whole buffer, or returns false.</summary>
    bool TryRead(ulong offset, Span<byte> buffer);
}

/// <summary>Elf64_Phdr or Elf32_Phdr (elf(5)).</summary>
internal readonly record struct ProgramHeader(
    uint Type, uint Flags, ulong Offset, ulong VirtualAddress, ulong FileSize, ulong MemorySize, ulong Alignment)
{
    public const uint Load = 1;
    public const uint Dynamic = 2;
    public const uint Note = 4;
    public const uint ThreadLocal = 7;

    /// <summary>PT_GNU_RELRO.</summary>
    public const uint ReadOnlyAfterRelocation = 0x6474e552;

    public const uint Writable = 2;

    public bool IsLoaded => Type == Load && MemorySize > 0;

    public bool IsReadOnly => (Flags & Writable) == 0;
}

/// <summary>What an ELF file's header and program headers say. Parsed by us, from the file or from the target's
/// memory, before any library sees the file: nobody vetted it.</summary>
internal sealed class ElfLayout
{
    /// <summary>ET_EXEC and ET_DYN are what a process can map.</summary>
    private const ushort TypeExecutable = 2;

    private const ushort TypeShared = 3;

    private ElfLayout(ElfShape shape, ulong tableOffset, bool isShared, ProgramHeader[] headers)
    {
        Shape = shape;
        TableOffset = tableOffset;
        IsShared = isShared;
        Headers = headers;
    }

    /// <summary>More program headers than any linker writes (a big program has 15).</summary>
    public static int MaxHeaders => 256;

    /// <summary>Of a 32-bit or of a 64-bit file.</summary>
    public ElfShape Shape { get; }

    /// <summary>e_phoff.</summary>
    public ulong TableOffset { get; }

    public int TableSize => Headers.Count * Shape.ProgramHeaderSize;

    /// <summary>ET_DYN: a shared library or a position-independent program.</summary>
    public bool IsShared { get; }

    public IReadOnlyList<ProgramHeader> Headers { get; }

    /// <summary>Null with a reason where the source holds no ELF file that can run here.</summary>
    public static ElfLayout? Read(IByteSource source, out string? reason)
    {
        Span<byte> identification = stackalloc byte[ElfShape.IdentificationSize];
        if (!source.TryRead(0, identification) || !HasMagic(identification))
        {
            reason = "not an ELF file";
            return null;
        }

        if (ElfShape.Of(identification) is not { } shape)
        {
            reason = "not an x86 ELF file";
            return null;
        }

        Span<byte> header = stackalloc byte[shape.HeaderSize];
        if (!source.TryRead(0, header))
        {
            reason = "corrupt ELF header";
            return null;
        }

        var type = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]);
        var tableOffset = shape.ReadWord(header[shape.TableOffsetAt..]);
        var entrySize = BinaryPrimitives.ReadUInt16LittleEndian(header[shape.EntrySizeAt..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header[shape.EntryCountAt..]);
        if (type is not (TypeExecutable or TypeShared) || entrySize != shape.ProgramHeaderSize || count == 0 || count > MaxHeaders)
        {
            reason = "corrupt ELF header";
            return null;
        }

        var table = new byte[count * shape.ProgramHeaderSize];
        if (!source.TryRead(tableOffset, table))
        {
            reason = "program headers cannot be read";
            return null;
        }

        reason = null;
        return new ElfLayout(shape, tableOffset, type == TypeShared, ParseHeaders(shape, table, count));
    }

    public static bool HasMagic(ReadOnlySpan<byte> header) => header.StartsWith("\u007fELF"u8);

    private static ProgramHeader[] ParseHeaders(ElfShape shape, ReadOnlySpan<byte> table, int count)
    {
        var headers = new ProgramHeader[count];
        for (var i = 0; i < count; i++)
        {
            var entry = table.Slice(i * shape.ProgramHeaderSize, shape.ProgramHeaderSize);
            headers[i] = new ProgramHeader(
                BinaryPrimitives.ReadUInt32LittleEndian(entry),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[shape.FlagsAt..]),
                shape.ReadWord(entry[shape.OffsetAt..]),
                shape.ReadWord(entry[shape.VirtualAddressAt..]),
                shape.ReadWord(entry[shape.FileSizeAt..]),
                shape.ReadWord(entry[shape.MemorySizeAt..]),
                shape.ReadWord(entry[shape.AlignmentAt..]));
        }

        return headers;
    }
}
