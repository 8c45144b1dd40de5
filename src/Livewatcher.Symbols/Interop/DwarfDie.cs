// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using static Livewatcher.Symbols.Interop.DwarfNative;

namespace Livewatcher.Symbols.Interop;

/// <summary>One debugging information entry: libdw's Dwarf_Die by value. Valid as long as the module's Dwarf handle.
/// Whatever a corrupt file holds, a question it cannot answer gives null, false or an empty list.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DwarfDie
{
    /// <summary>Longer chains of entries that specify one another are a loop of a damaged file; libdw follows as many.</summary>
    private const int MostOrigins = 16;

    private nint _address;
    private nint _unit;
    private nint _abbreviation;
    private nint _padding;

    /// <summary>The entry's place in memory: unique among all open files, ascending within one unit.</summary>
    internal readonly nint Identity => _address;

    internal readonly bool IsValid => _address != 0;

    /// <summary>DW_TAG_*; -1 where unreadable.</summary>
    internal readonly int Tag
    {
        get
        {
            DwarfDie copy = this;
            return IsValid ? dwarf_tag(ref copy) : -1;
        }
    }

    /// <summary>DW_AT_name, also through DW_AT_specification and DW_AT_abstract_origin.</summary>
    internal readonly string? Name
    {
        get
        {
            DwarfDie copy = this;
            return DwarfText.Read(dwarf_diename(ref copy));
        }
    }

    /// <summary>The mangled name; null for C.</summary>
    internal readonly string? LinkageName => Text(DwarfAt.LinkageName) ?? Text(DwarfAt.MipsLinkageName);

    /// <summary>The file of DW_AT_decl_file, a number in the table of the unit that has the attribute. libdw's own
    /// dwarf_decl_file asserts that a unit with lines has files; a split unit has its skeleton's lines alone.</summary>
    internal readonly string? DeclarationFile
    {
        get
        {
            DwarfDie owner = this;
            for (int i = 0; i < MostOrigins; i++)
            {
                if (owner.TryGetOwn(DwarfAt.DeclarationFile, out DwarfAttribute file))
                {
                    return file.Unsigned is { } index ? DwarfLines.FileAt(owner.Unit, index) : null;
                }

                if ((owner.OwnReference(DwarfAt.AbstractOrigin) ?? owner.OwnReference(DwarfAt.Specification)) is not { } origin)
                {
                    return null;
                }

                owner = origin;
            }

            return null;
        }
    }

    /// <summary>The unit's own entry.</summary>
    internal readonly DwarfDie Unit
    {
        get
        {
            DwarfDie copy = this;
            return dwarf_diecu(ref copy, out DwarfDie unit, out _, out _) != 0 ? unit : default;
        }
    }

    /// <summary>Bytes of an address in this unit: 8, or 4 for 32-bit programs.</summary>
    internal readonly int AddressSize
    {
        get
        {
            DwarfDie copy = this;
            return dwarf_diecu(ref copy, out _, out byte size, out _) != 0 ? size : 8;
        }
    }

    /// <summary>The entry's children, in order. Ends early at a damaged entry.</summary>
    public readonly Enumerator GetEnumerator() => new(this);

    internal readonly bool TryGetChild(out DwarfDie child)
    {
        DwarfDie copy = this;
        if (IsValid && dwarf_child(ref copy, out child) == 0 && child._address > _address)
        {
            return true;
        }

        child = default;
        return false;
    }

    /// <summary>The next entry of the same parent. A sibling reference that leads backwards would loop for ever; it ends the list.</summary>
    internal readonly bool TryGetSibling(out DwarfDie sibling)
    {
        DwarfDie copy = this;
        if (dwarf_siblingof(ref copy, out sibling) == 0 && sibling._address > _address)
        {
            return true;
        }

        sibling = default;
        return false;
    }

    /// <summary>True where the entry itself has the attribute.</summary>
    internal readonly bool Has(uint attribute)
    {
        DwarfDie copy = this;
        return IsValid && dwarf_hasattr(ref copy, attribute) == 1;
    }

    /// <summary>An attribute of the entry itself.</summary>
    internal readonly bool TryGetOwn(uint name, out DwarfAttribute attribute)
    {
        DwarfDie copy = this;
        attribute = default;
        return IsValid && dwarf_attr(ref copy, name, out attribute) != 0;
    }

    /// <summary>An attribute of the entry or of what it specifies.</summary>
    internal readonly bool TryGet(uint name, out DwarfAttribute attribute)
    {
        DwarfDie copy = this;
        attribute = default;
        return IsValid && dwarf_attr_integrate(ref copy, name, out attribute) != 0;
    }

    internal readonly bool Flag(uint name) => TryGet(name, out DwarfAttribute attribute) && attribute.Flag;

    /// <summary>A flag of the entry itself: DW_AT_declaration must not be taken over from what a definition specifies.</summary>
    internal readonly bool OwnFlag(uint name) => TryGetOwn(name, out DwarfAttribute attribute) && attribute.Flag;

    internal readonly ulong? Unsigned(uint name) => TryGet(name, out DwarfAttribute attribute) ? attribute.Unsigned : null;

    internal readonly string? Text(uint name) => TryGet(name, out DwarfAttribute attribute) ? attribute.Text : null;

    internal readonly DwarfDie? Reference(uint name) => TryGet(name, out DwarfAttribute attribute) ? attribute.Reference : null;

    private readonly DwarfDie? OwnReference(uint name) => TryGetOwn(name, out DwarfAttribute attribute) ? attribute.Reference : null;

    /// <summary>The type; null for void.</summary>
    internal readonly DwarfDie? Type => Reference(DwarfAt.Type);

    /// <summary>Entry address of a function, as in the file; null where it has no code of its own.</summary>
    internal readonly ulong? EntryAddress
    {
        get
        {
            DwarfDie copy = this;
            return (Has(DwarfAt.LowPc) || Has(DwarfAt.Ranges)) && dwarf_entrypc(ref copy, out ulong address) == 0 ? address : null;
        }
    }

    /// <summary>True where one of the entry's code ranges covers an address of the file.</summary>
    internal readonly bool Covers(ulong address)
    {
        DwarfDie copy = this;
        ulong start = 0;
        nint offset = 0;
        for (int i = 0; i < 4096; i++)
        {
            offset = dwarf_ranges(ref copy, offset, ref start, out ulong low, out ulong high);
            if (offset <= 0)
            {
                return false;
            }

            if (address >= low && address < high)
            {
                return true;
            }
        }

        return false;
    }

    internal struct Enumerator
    {
        private readonly DwarfDie _parent;
        private bool _started;

        internal Enumerator(DwarfDie parent)
        {
            _parent = parent;
            Current = default;
        }

        public DwarfDie Current { get; private set; }

        public bool MoveNext()
        {
            bool found = _started ? Current.TryGetSibling(out DwarfDie next) : _parent.TryGetChild(out next);
            _started = true;
            Current = next;
            return found;
        }
    }
}
