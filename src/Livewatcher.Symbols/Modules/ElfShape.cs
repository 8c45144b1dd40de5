// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;

namespace Livewatcher.Symbols.Modules;

/// <summary>Where the two classes of ELF file keep what is read here: the offsets of Elf64_Ehdr, Elf64_Phdr and Elf64_Sym
/// (elf(5)) and of their 32-bit counterparts. Another class or architecture means another value.</summary>
internal sealed record ElfShape
{
    /// <summary>e_ident and e_machine: the part in which both classes are the same.</summary>
    public const int IdentificationSize = 20;

    /// <summary>ELFCLASS64 with EM_X86_64.</summary>
    public static readonly ElfShape Wide = new()
    {
        WordSize = 8, HeaderSize = 64, TableOffsetAt = 32, SectionTableOffsetAt = 40, EntrySizeAt = 54, EntryCountAt = 56, SectionCountAt = 60,
        ProgramHeaderSize = 56, FlagsAt = 4, OffsetAt = 8, VirtualAddressAt = 16, FileSizeAt = 32, MemorySizeAt = 40, AlignmentAt = 48,
        SectionHeaderSize = 64, SymbolSize = 24, SymbolSectionAt = 6, SymbolValueAt = 8,
    };

    /// <summary>ELFCLASS32 with EM_386.</summary>
    public static readonly ElfShape Narrow = new()
    {
        WordSize = 4, HeaderSize = 52, TableOffsetAt = 28, SectionTableOffsetAt = 32, EntrySizeAt = 42, EntryCountAt = 44, SectionCountAt = 48,
        ProgramHeaderSize = 32, FlagsAt = 24, OffsetAt = 4, VirtualAddressAt = 8, FileSizeAt = 16, MemorySizeAt = 20, AlignmentAt = 28,
        SectionHeaderSize = 40, SymbolSize = 16, SymbolSectionAt = 14, SymbolValueAt = 4,
    };

    /// <summary>Bytes of an address, an offset, a size, and a pointer of the program.</summary>
    public required int WordSize { get; init; }

    /// <summary>e_ehsize.</summary>
    public required int HeaderSize { get; init; }

    /// <summary>e_phoff.</summary>
    public required int TableOffsetAt { get; init; }

    /// <summary>e_shoff.</summary>
    public required int SectionTableOffsetAt { get; init; }

    /// <summary>e_phentsize.</summary>
    public required int EntrySizeAt { get; init; }

    /// <summary>e_phnum.</summary>
    public required int EntryCountAt { get; init; }

    /// <summary>e_shnum, and e_shstrndx behind it.</summary>
    public required int SectionCountAt { get; init; }

    public required int ProgramHeaderSize { get; init; }

    /// <summary>p_flags.</summary>
    public required int FlagsAt { get; init; }

    /// <summary>p_offset.</summary>
    public required int OffsetAt { get; init; }

    /// <summary>p_vaddr.</summary>
    public required int VirtualAddressAt { get; init; }

    /// <summary>p_filesz.</summary>
    public required int FileSizeAt { get; init; }

    /// <summary>p_memsz.</summary>
    public required int MemorySizeAt { get; init; }

    /// <summary>p_align.</summary>
    public required int AlignmentAt { get; init; }

    public required int SectionHeaderSize { get; init; }

    public required int SymbolSize { get; init; }

    /// <summary>st_shndx.</summary>
    public required int SymbolSectionAt { get; init; }

    /// <summary>st_value.</summary>
    public required int SymbolValueAt { get; init; }

    /// <summary>Null for a file that no x86 Linux runs, the x32 ABI's among them. EI_CLASS 2 is ELFCLASS64, 1 is
    /// ELFCLASS32; EI_DATA 1 is little endian.</summary>
    public static ElfShape? Of(ReadOnlySpan<byte> identification)
    {
        const ushort Machine386 = 3;
        const ushort MachineX64 = 62;
        return (identification[4], identification[5], BinaryPrimitives.ReadUInt16LittleEndian(identification[18..])) switch
        {
            (2, 1, MachineX64) => Wide,
            (1, 1, Machine386) => Narrow,
            _ => null,
        };
    }

    public ulong ReadWord(ReadOnlySpan<byte> bytes) =>
        WordSize == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
