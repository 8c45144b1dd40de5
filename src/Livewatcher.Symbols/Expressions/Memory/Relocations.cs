// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Text;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Expressions.Memory;

/// <summary>An Elf64_Rela or Elf32_Rel of a loaded module.</summary>
/// <param name="Place">Where the dynamic linker has put its result.</param>
/// <param name="Type">R_X86_64_* or R_386_*.</param>
/// <param name="Symbol">Index in the dynamic symbol table; 0 for none.</param>
/// <param name="Addend">r_addend; null where it stood at the place itself, which the dynamic linker has overwritten.</param>
internal readonly record struct Relocation(Address Place, uint Type, uint Symbol, ulong? Addend);

/// <summary>How relocations are written: 64-bit modules have Elf64_Rela (x86-64 psABI, table 4.10), 32-bit ones Elf32_Rel
/// (i386 psABI, table 4.9, and Drepper, ELF Handling For Thread-Local Storage, 4.4.4).</summary>
internal sealed record RelocationShape
{
    internal static readonly RelocationShape Wide = new()
    {
        TableTag = DynamicTag.Relocations, SizeTag = DynamicTag.RelocationsSize, EntryWords = 3, SymbolShift = 32, TlsModule = 16, TlsOffset = 18,
    };

    internal static readonly RelocationShape Narrow = new()
    {
        TableTag = DynamicTag.ShortRelocations, SizeTag = DynamicTag.ShortRelocationsSize, EntryWords = 2, SymbolShift = 8, TlsModule = 35, TlsOffset = 14,
    };

    /// <summary>DT_RELA or DT_REL.</summary>
    internal required long TableTag { get; init; }

    internal required long SizeTag { get; init; }

    /// <summary>r_offset, r_info and, where there are three, r_addend.</summary>
    internal required int EntryWords { get; init; }

    /// <summary>Of ELF64_R_SYM or ELF32_R_SYM; the type is in the bits below.</summary>
    internal required int SymbolShift { get; init; }

    /// <summary>R_X86_64_DTPMOD64 or R_386_TLS_DTPMOD32.</summary>
    internal required uint TlsModule { get; init; }

    /// <summary>R_X86_64_TPOFF64 or R_386_TLS_TPOFF: negative offset from the thread pointer.</summary>
    internal required uint TlsOffset { get; init; }

    internal static RelocationShape Of(ElfShape shape) => shape.WordSize == sizeof(uint) ? Narrow : Wide;
}

/// <summary>Dynamic relocations, read from the target's memory: they say which definition of a name a module really uses,
/// and where its thread-local block is.</summary>
internal static class Relocations
{
    // Both architectures have the same numbers for these two.
    private const uint Copy = 5;
    private const uint GlobDat = 6;

    private const int MostEntries = 1 << 22;
    private const int EntriesPerRead = 2730;

    /// <summary>Where the main program keeps its copy of a library's variable; null where it has none.</summary>
    internal static Address? CopyOf(TargetView view, string symbol) =>
        view.Main is { } main ? Find(view, main, Copy, symbol) : null;

    /// <summary>The address that a module's global offset table holds for a name; null where it has no such entry or the
    /// dynamic linker has not filled it yet.</summary>
    internal static Address? Bound(TargetView view, ILoadedModule module, string symbol) =>
        Find(view, module, GlobDat, symbol) is { } place && view.ReadWord(place) is { } bound and not 0 ? new Address(bound) : null;

    /// <summary>All entries of DT_RELA or DT_REL and of DT_JMPREL; none where the module cannot be read.</summary>
    internal static IEnumerable<Relocation> Entries(TargetView view, ILoadedModule module)
    {
        ModuleImage image = view.ImageOf(module);
        var shape = RelocationShape.Of(image.Shape);
        return Table(view, module, image.DynamicAddress(shape.TableTag), image.DynamicTag(shape.SizeTag))
            .Concat(Table(view, module, image.DynamicAddress(DynamicTag.PltRelocations), image.DynamicTag(DynamicTag.PltRelocationsSize)));
    }

    /// <summary>st_value of a dynamic symbol that the module itself defines; null for others.</summary>
    internal static ulong? OwnSymbolValue(TargetView view, ILoadedModule module, uint symbol)
    {
        ModuleImage image = view.ImageOf(module);
        byte[] entry = new byte[image.Shape.SymbolSize];
        return image.DynamicAddress(DynamicTag.SymbolTable) is { } symbols
            && view.Process.Memory.TryRead(symbols + (symbol * (ulong)entry.Length), entry)
            && BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(image.Shape.SymbolSectionAt)) != 0
            ? image.Shape.ReadWord(entry.AsSpan(image.Shape.SymbolValueAt))
            : null;
    }

    private static Address? Find(TargetView view, ILoadedModule module, uint type, string symbol)
    {
        ModuleImage image = view.ImageOf(module);
        if (image.DynamicAddress(DynamicTag.SymbolTable) is not { } symbols || image.DynamicAddress(DynamicTag.StringTable) is not { } strings)
        {
            return null;
        }

        byte[] wanted = [.. Encoding.UTF8.GetBytes(symbol), 0];
        byte[] name = new byte[wanted.Length];
        byte[] nameOffset = new byte[4];
        foreach (Relocation relocation in Entries(view, module))
        {
            if (relocation.Type == type
                && view.Process.Memory.TryRead(symbols + (relocation.Symbol * (ulong)image.Shape.SymbolSize), nameOffset)
                && view.Process.Memory.TryRead(strings + BinaryPrimitives.ReadUInt32LittleEndian(nameOffset), name)
                && name.AsSpan().SequenceEqual(wanted))
            {
                return relocation.Place;
            }
        }

        return null;
    }

    private static IEnumerable<Relocation> Table(TargetView view, ILoadedModule module, Address? table, ulong? size)
    {
        if (table is not { } start || size is not { } bytes)
        {
            yield break;
        }

        ElfShape shape = view.ImageOf(module).Shape;
        var form = RelocationShape.Of(shape);
        int word = shape.WordSize;
        int entrySize = form.EntryWords * word;
        int count = (int)Math.Min(bytes / (ulong)entrySize, MostEntries);
        for (int first = 0; first < count; first += EntriesPerRead)
        {
            byte[] entries = new byte[Math.Min(EntriesPerRead, count - first) * entrySize];
            if (!view.Process.Memory.TryRead(start + ((ulong)first * (ulong)entrySize), entries))
            {
                yield break;
            }

            for (int at = 0; at < entries.Length; at += entrySize)
            {
                ulong place = shape.ReadWord(entries.AsSpan(at));
                ulong info = shape.ReadWord(entries.AsSpan(at + word));
                ulong? addend = form.EntryWords > 2 ? shape.ReadWord(entries.AsSpan(at + (2 * word))) : null;
                uint type = (uint)(info & ((1UL << form.SymbolShift) - 1));
                yield return new(new Address(unchecked(place + module.Bias)), type, (uint)(info >> form.SymbolShift), addend);
            }
        }
    }
}
