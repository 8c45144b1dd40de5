// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Text;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Expressions.Memory;

/// <summary>An Elf64_Rela of a loaded module.</summary>
/// <param name="Place">Where the dynamic linker has put its result.</param>
/// <param name="Type">R_X86_64_*.</param>
/// <param name="Symbol">Index in the dynamic symbol table; 0 for none.</param>
/// <param name="Addend">r_addend.</param>
internal readonly record struct Relocation(Address Place, uint Type, uint Symbol, ulong Addend);

/// <summary>Dynamic relocations, read from the target's memory: they say which definition of a name a module really uses,
/// and where its thread-local block is. Types are those of the x86-64 psABI, table 4.10.</summary>
internal static class Relocations
{
    internal const uint Copy = 5;
    internal const uint GlobDat = 6;
    internal const uint TlsModule = 16;
    internal const uint TlsOffset = 18;

    private const int EntrySize = 24;
    private const int SymbolSize = 24;
    private const int MostEntries = 1 << 22;
    private const int EntriesPerRead = 2730;

    /// <summary>Where the main program keeps its copy of a library's variable; null where it has none.</summary>
    internal static Address? CopyOf(TargetView view, string symbol) =>
        view.Main is { } main ? Find(view, main, Copy, symbol) : null;

    /// <summary>The address that a module's global offset table holds for a name; null where it has no such entry or the
    /// dynamic linker has not filled it yet.</summary>
    internal static Address? Bound(TargetView view, ILoadedModule module, string symbol) =>
        Find(view, module, GlobDat, symbol) is { } place && view.ReadWord(place) is { } bound and not 0 ? new Address(bound) : null;

    /// <summary>All entries of DT_RELA and DT_JMPREL; none where the module cannot be read.</summary>
    internal static IEnumerable<Relocation> Entries(TargetView view, ILoadedModule module)
    {
        ModuleImage image = view.ImageOf(module);
        return Table(view, module, image.DynamicAddress(DynamicTag.Relocations), image.DynamicTag(DynamicTag.RelocationsSize))
            .Concat(Table(view, module, image.DynamicAddress(DynamicTag.PltRelocations), image.DynamicTag(DynamicTag.PltRelocationsSize)));
    }

    /// <summary>st_value of a dynamic symbol that the module itself defines; null for others.</summary>
    internal static ulong? OwnSymbolValue(TargetView view, ILoadedModule module, uint symbol)
    {
        byte[] entry = new byte[SymbolSize];
        return view.ImageOf(module).DynamicAddress(DynamicTag.SymbolTable) is { } symbols
            && view.Process.Memory.TryRead(symbols + (symbol * (ulong)SymbolSize), entry)
            && BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(6)) != 0
            ? BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(8))
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
                && view.Process.Memory.TryRead(symbols + (relocation.Symbol * (ulong)SymbolSize), nameOffset)
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
        if (table is not { } start || size is not { } bytes || view.ImageOf(module).Is32Bit)
        {
            yield break;
        }

        int count = (int)Math.Min(bytes / EntrySize, MostEntries);
        for (int first = 0; first < count; first += EntriesPerRead)
        {
            byte[] entries = new byte[Math.Min(EntriesPerRead, count - first) * EntrySize];
            if (!view.Process.Memory.TryRead(start + ((ulong)first * EntrySize), entries))
            {
                yield break;
            }

            for (int at = 0; at < entries.Length; at += EntrySize)
            {
                ulong place = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at));
                ulong info = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at + 8));
                ulong addend = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at + 16));
                yield return new(new Address(unchecked(place + module.Bias)), (uint)info, (uint)(info >> 32), addend);
            }
        }
    }
}
