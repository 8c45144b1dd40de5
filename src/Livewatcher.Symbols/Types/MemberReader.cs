// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Types;

/// <summary>Reads one child of a struct, class or union.</summary>
internal static class MemberReader
{
    /// <summary>Null for children that are no members (functions, nested types).</summary>
    internal static TypeMember? Read(DwarfDie die, Func<DwarfDie?, DataType> read)
    {
        var type = new Lazy<DataType>(() => read(die.Type), isThreadSafe: false);
        switch (die.Tag)
        {
            case DwarfTag.Inheritance when die.Unsigned(DwarfAt.Virtuality) is > 0:
                return new(MemberKind.VirtualBaseClass, null, type, 0, null, die);
            case DwarfTag.Inheritance:
                return new(MemberKind.BaseClass, null, type, Offset(die), null, die);
            case DwarfTag.Variable:
            case DwarfTag.Member when die.OwnFlag(DwarfAt.External) || die.OwnFlag(DwarfAt.Declaration):
                return new(MemberKind.Static, die.Name, type, 0, null, die);
            case DwarfTag.Member:
                return new(MemberKind.Data, die.Name, type, Offset(die), Bits(die, type), die);
            default:
                return null;
        }
    }

    /// <summary>A constant, or in DWARF 2 and 3 an expression that adds one (DWARF 4, 5.5.6).</summary>
    private static ulong Offset(DwarfDie die)
    {
        if (!die.TryGet(DwarfAt.DataMemberLocation, out DwarfAttribute location))
        {
            return 0;
        }

        if (location.Unsigned is { } offset)
        {
            return offset;
        }

        return DwarfLocation.Read(location) is [[{ Atom: DwarfOp.PlusUconst or DwarfOp.ConstU, Number: var number }, ..], ..] ? number : 0;
    }

    private static BitRange? Bits(DwarfDie die, Lazy<DataType> type)
    {
        if (die.Unsigned(DwarfAt.BitSize) is not { } size || size is 0 or > 128)
        {
            return null;
        }

        if (die.Unsigned(DwarfAt.DataBitOffset) is { } first)
        {
            return new(first, (int)size);
        }

        // DWARF 2 and 3, 5.5.6: DW_AT_bit_offset counts from the highest bit of a storage unit; little endian turns it round.
        ulong start = Offset(die) * 8;
        if (die.Unsigned(DwarfAt.BitOffset) is not { } fromTop)
        {
            return new(start, (int)size);
        }

        ulong storage = (die.Unsigned(DwarfAt.ByteSize) ?? type.Value.Size ?? 0) * 8;
        return new(unchecked(start + storage - fromTop - size), (int)size);
    }
}
