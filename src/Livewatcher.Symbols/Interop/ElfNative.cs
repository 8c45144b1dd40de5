// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Symbols.Interop;

/// <summary>libelf.h and gelf.h.</summary>
internal static partial class ElfNative
{
    private const string Library = "libelf.so.1";

    /// <summary>EV_CURRENT.</summary>
    private const uint CurrentVersion = 1;

    /// <summary>ELF_C_READ_MMAP, libelf.h.</summary>
    private const int ReadMapped = 8;

    /// <summary>SHT_STRTAB, elf.h.</summary>
    public const uint StringTable = 3;

    [LibraryImport(Library, EntryPoint = "elf_version")]
    private static partial uint Version(uint version);

    [LibraryImport(Library, EntryPoint = "elf_begin")]
    private static partial nint Begin(int descriptor, int command, nint reference);

    [LibraryImport(Library, EntryPoint = "elf_end")]
    public static partial int End(nint elf);

    /// <summary>The whole file's bytes as libelf holds them.</summary>
    [LibraryImport(Library, EntryPoint = "elf_rawfile")]
    public static partial nint RawFile(nint elf, out nuint size);

    [LibraryImport(Library, EntryPoint = "elf_nextscn")]
    public static partial nint NextSection(nint elf, nint section);

    [LibraryImport(Library, EntryPoint = "elf_getdata")]
    public static unsafe partial ElfData* GetData(nint section, ElfData* previous);

    [LibraryImport(Library, EntryPoint = "gelf_getshdr")]
    public static partial nint GetSectionHeader(nint section, out ElfSectionHeader header);

    [LibraryImport(Library, EntryPoint = "elf_getshdrstrndx")]
    public static partial int GetSectionNames(nint elf, out nuint index);

    [LibraryImport(Library, EntryPoint = "elf_strptr")]
    public static partial nint GetString(nint elf, nuint section, nuint offset);

    /// <summary>Opens an ELF file for reading; 0 where it is none. The descriptor stays the caller's and stays open.</summary>
    public static nint OpenForReading(int descriptor) =>
        Version(CurrentVersion) == 0 ? 0 : Begin(descriptor, ReadMapped, 0);
}
