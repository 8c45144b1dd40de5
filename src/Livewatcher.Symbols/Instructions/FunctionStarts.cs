// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Where functions begin: the symbol table where it knows, else the search table of .eh_frame_hdr, which
/// strip(1) leaves in place (Linux Standard Base 5.0 Core, 10.6.2). Decoding starts at such an address only.</summary>
internal sealed class FunctionStarts
{
    private const uint ProgramHeaderLoadedUnwindTable = 0x6474e550;
    private const byte SelfRelative32 = 0x1b;
    private const byte Unsigned32 = 0x03;
    private const byte TableRelative32 = 0x3b;
    private const int EntrySize = 8;

    private readonly ConditionalWeakTable<ILoadedModule, Table> _tables = [];

    /// <summary>The nearest start of a function at or before an address; null where the module does not say.</summary>
    public ulong? Before(ILoadedModule module, ulong address)
    {
        ulong? byTable = SearchTable(module, address);
        ElfSymbol? symbol = module.SymbolAt(new Address(address));
        ulong? bySymbol = symbol?.Type switch
        {
            ElfSymbol.Function or ElfSymbol.IndirectFunction => symbol.Value.Address.Value,
            ElfSymbol.NoType when byTable is null => symbol.Value.Address.Value,
            _ => null,
        };
        return bySymbol is null || byTable > bySymbol ? byTable : bySymbol;
    }

    private ulong? SearchTable(ILoadedModule module, ulong address)
    {
        Table table = _tables.GetValue(module, Locate);
        Span<byte> entry = stackalloc byte[EntrySize];
        ulong? found = null;
        long low = 0;
        long high = table.Count - 1;
        while (low <= high)
        {
            long middle = (low + high) / 2;
            if (!module.TryReadFile(new Address(table.Entries + (ulong)(middle * EntrySize)), entry))
            {
                return null;
            }

            ulong start = table.Origin + (ulong)BinaryPrimitives.ReadInt32LittleEndian(entry);
            if (start <= address)
            {
                found = start;
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return found;
    }

    private static Table Locate(ILoadedModule module)
    {
        Span<byte> table = stackalloc byte[12];
        ElfLayout? layout = ElfLayout.Read(new ModuleByteSource(module), out _);
        foreach (ProgramHeader header in layout?.Headers.Where(header => header.Type == ProgramHeaderLoadedUnwindTable) ?? [])
        {
            ulong origin = module.Bias + header.VirtualAddress;
            bool isUsual = module.TryReadFile(new Address(origin), table)
                && table[0] == 1 && table[1] == SelfRelative32 && table[2] == Unsigned32 && table[3] == TableRelative32;
            return isUsual
                ? new Table(origin, origin + (ulong)table.Length, BinaryPrimitives.ReadUInt32LittleEndian(table[8..]))
                : Table.None;
        }

        return Table.None;
    }

    /// <param name="Origin">Start of .eh_frame_hdr, to which the entries are relative.</param>
    /// <param name="Entries">First entry.</param>
    /// <param name="Count">Entries; each is a function's start and its description's place, sorted by start.</param>
    private sealed record Table(ulong Origin, ulong Entries, long Count)
    {
        public static Table None { get; } = new(0, 0, 0);
    }
}
