// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using static Livewatcher.Symbols.Interop.DwarfNative;

namespace Livewatcher.Symbols.Interop;

/// <summary>One operation of a location expression, indices into .debug_addr already replaced.</summary>
internal readonly record struct DwarfOperation(byte Atom, ulong Number, ulong Number2);

/// <summary>Location expressions of an attribute: one, or those of a location list.</summary>
internal static class DwarfLocation
{
    private const int MaximumEntries = 64;
    private const int MaximumOperations = 256;

    /// <summary>Empty where the attribute has no location that can be read.</summary>
    internal static IReadOnlyList<DwarfOperation[]> Read(DwarfAttribute attribute) => [.. ReadAll(attribute).Select(entry => entry.Operations)];

    /// <summary>The one that is valid at an address of the file; null where none is.</summary>
    internal static DwarfOperation[]? ReadAt(DwarfAttribute attribute, ulong address) =>
        ReadAll(attribute).Where(entry => address >= entry.Low && address < entry.High).Select(entry => entry.Operations).FirstOrDefault();

    private static unsafe List<(ulong Low, ulong High, DwarfOperation[] Operations)> ReadAll(DwarfAttribute attribute)
    {
        List<(ulong Low, ulong High, DwarfOperation[] Operations)> found = [];

        // libdw keeps a constant and an expression that a damaged file has at the same bytes in one cache, and asserts that what it
        // finds there for a constant is one operation (is_constant_offset in libdw/dwarf_getlocation.c).
        if (attribute.Code == DwarfAt.DataMemberLocation && attribute.Unsigned is not null)
        {
            return found;
        }

        ulong start = 0;
        nint offset = 0;
        while (found.Count < MaximumEntries)
        {
            offset = dwarf_getlocations(ref attribute, offset, ref start, out ulong low, out ulong high, out nint operations, out nuint count);
            if (offset <= 0)
            {
                break;
            }

            if (operations == 0 || count > MaximumOperations)
            {
                continue;
            }

            var source = new ReadOnlySpan<DwarfNativeOperation>((void*)operations, (int)count);
            var copy = new DwarfOperation[source.Length];
            for (int i = 0; i < copy.Length; i++)
            {
                copy[i] = Direct(ref attribute, operations + (i * sizeof(DwarfNativeOperation)), source[i]);
            }

            found.Add((low, high, copy));
        }

        return found;
    }

    /// <summary>DW_OP_addrx and DW_OP_constx name an entry of .debug_addr (DWARF 5, 2.5.1.1); libdw looks it up.</summary>
    private static DwarfOperation Direct(ref DwarfAttribute attribute, nint pointer, DwarfNativeOperation operation)
    {
        if (operation.Atom is DwarfOp.AddrX or DwarfOp.GnuAddrIndex or DwarfOp.ConstX or DwarfOp.GnuConstIndex
            && dwarf_getlocation_attr(ref attribute, pointer, out DwarfAttribute value) == 0)
        {
            if (value.Address is { } address)
            {
                return new(DwarfOp.Addr, address, 0);
            }

            if (value.Unsigned is { } number)
            {
                return new(DwarfOp.ConstU, number, 0);
            }
        }

        return new(operation.Atom, operation.Number, operation.Number2);
    }
}
