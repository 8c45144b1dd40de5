// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Modules;

/// <summary>A symbol of an ELF file, at its place in the target.</summary>
/// <param name="Name">As in the string table: mangled, without a version.</param>
/// <param name="Address">Target address; for TLS symbols the offset in the module's TLS block.</param>
/// <param name="Size">st_size, in bytes; 0 where the file does not say.</param>
/// <param name="Type">STT_*: 0 NOTYPE, 1 OBJECT, 2 FUNC, 6 TLS, 10 GNU_IFUNC (elf(5)).</param>
/// <param name="Binding">STB_*: 0 LOCAL, 1 GLOBAL, 2 WEAK.</param>
internal readonly record struct ElfSymbol(string Name, Address Address, ulong Size, byte Type, byte Binding)
{
    public const byte NoType = 0;
    public const byte Object = 1;
    public const byte Function = 2;
    public const byte ThreadLocal = 6;
    public const byte IndirectFunction = 10;

    public const byte Local = 0;
    public const byte Global = 1;
    public const byte Weak = 2;
}

/// <summary>One ELF file mapped in the target. Valid until the modules are refreshed or disposed of.</summary>
internal interface ILoadedModule
{
    /// <summary>File name without its folder; "[vdso]" for the kernel's own.</summary>
    string Name { get; }

    /// <summary>As the target names it, without " (deleted)".</summary>
    string Path { get; }

    /// <summary>First mapped byte.</summary>
    Address Start { get; }

    /// <summary>One past the last mapped byte.</summary>
    Address End { get; }

    /// <summary>Add to the ELF file's p_vaddr or st_value to get a target address.</summary>
    ulong Bias { get; }

    bool IsMainProgram { get; }

    /// <summary>libdw's Dwarf*, 0 where there is no debug information. Loaded at the first use.</summary>
    nint Dwarf { get; }

    /// <summary>Add to an address from DWARF to get a target address.</summary>
    ulong DwarfBias { get; }

    /// <summary>libelf's Elf* of the main file; 0 where it cannot be read.</summary>
    nint Elf { get; }

    /// <summary>FUNC, OBJECT, TLS, NOTYPE and IFUNC of .symtab (or of the separate debug file's), else of .dynsym;
    /// defined ones only, by ascending address, TLS last.</summary>
    IReadOnlyList<ElfSymbol> Symbols { get; }

    /// <summary>The symbol that covers an address, or the nearest one before it that has size 0 and no other symbol
    /// in between.</summary>
    ElfSymbol? SymbolAt(Address address);

    /// <summary>The file's own bytes (PT_LOAD) at a target address; false where the file has none for the whole
    /// buffer, or where the segment is writable and may differ in memory.</summary>
    bool TryReadFile(Address target, Span<byte> buffer);
}
