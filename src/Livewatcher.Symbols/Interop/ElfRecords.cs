// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Symbols.Interop;

/// <summary>Elf64_Sym (elf(5)), which GElf_Sym is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ElfSymbolRecord
{
    public readonly uint Name;
    public readonly byte Info;
    public readonly byte Other;
    public readonly ushort Section;
    public readonly ulong Value;
    public readonly ulong Size;

    public byte Type => (byte)(Info & 0xf);

    public byte Binding => (byte)(Info >> 4);
}

/// <summary>Elf64_Shdr (elf(5)), which GElf_Shdr is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ElfSectionHeader
{
    public readonly uint Name;
    public readonly uint Type;
    public readonly ulong Flags;
    public readonly ulong Address;
    public readonly ulong Offset;
    public readonly ulong Size;
    public readonly uint Link;
    public readonly uint Info;
    public readonly ulong Alignment;
    public readonly ulong EntrySize;
}

/// <summary>Elf_Data of libelf.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ElfData
{
    public readonly nint Buffer;
    public readonly int Type;
    public readonly uint Version;
    public readonly nuint Size;
    public readonly long Offset;
    public readonly nuint Alignment;
}
