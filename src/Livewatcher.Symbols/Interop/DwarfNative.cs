// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Symbols.Interop;

/// <summary>The dwarf_* functions of elfutils' libdw (elfutils/libdw.h). Results: 0 found, 1 nothing there, -1 error.</summary>
internal static partial class DwarfNative
{
    private const string Library = "libdw.so.1";

    [LibraryImport(Library)]
    internal static partial int dwarf_get_units(
        nint dwarf, nint cu, out nint nextCu, out ushort version, out byte unitType, out DwarfDie unit, out DwarfDie subDie);

    /// <summary>A unit's header at an offset, without looking for what belongs to the unit. The last five may be left out.</summary>
    [LibraryImport(Library)]
    internal static partial int dwarf_next_unit(
        nint dwarf, ulong offset, out ulong next, out nuint headerSize, out ushort version, nint abbreviations, nint addressSize,
        nint offsetSize, nint signature, nint typeOffset);

    [LibraryImport(Library)]
    internal static partial nint dwarf_offdie(nint dwarf, ulong offset, out DwarfDie result);

    [LibraryImport(Library)]
    internal static partial nint dwarf_getalt(nint dwarf);

    [LibraryImport(Library)]
    internal static partial nint dwarf_diecu(ref DwarfDie die, out DwarfDie result, out byte addressSize, out byte offsetSize);

    [LibraryImport(Library)]
    internal static partial int dwarf_tag(ref DwarfDie die);

    [LibraryImport(Library)]
    internal static partial int dwarf_child(ref DwarfDie die, out DwarfDie result);

    [LibraryImport(Library)]
    internal static partial int dwarf_siblingof(ref DwarfDie die, out DwarfDie result);

    [LibraryImport(Library)]
    internal static partial nint dwarf_diename(ref DwarfDie die);

    [LibraryImport(Library)]
    internal static partial int dwarf_hasattr(ref DwarfDie die, uint name);

    [LibraryImport(Library)]
    internal static partial nint dwarf_attr(ref DwarfDie die, uint name, out DwarfAttribute result);

    [LibraryImport(Library)]
    internal static partial nint dwarf_attr_integrate(ref DwarfDie die, uint name, out DwarfAttribute result);

    [LibraryImport(Library)]
    internal static partial int dwarf_formudata(ref DwarfAttribute attribute, out ulong result);

    [LibraryImport(Library)]
    internal static partial int dwarf_formsdata(ref DwarfAttribute attribute, out long result);

    [LibraryImport(Library)]
    internal static partial int dwarf_formflag(ref DwarfAttribute attribute, out byte result);

    [LibraryImport(Library)]
    internal static partial int dwarf_formaddr(ref DwarfAttribute attribute, out ulong result);

    [LibraryImport(Library)]
    internal static partial nint dwarf_formstring(ref DwarfAttribute attribute);

    [LibraryImport(Library)]
    internal static partial nint dwarf_formref_die(ref DwarfAttribute attribute, out DwarfDie result);

    [LibraryImport(Library)]
    internal static partial int dwarf_formblock(ref DwarfAttribute attribute, out DwarfBlock result);

    [LibraryImport(Library)]
    internal static partial nint dwarf_ranges(ref DwarfDie die, nint offset, ref ulong start, out ulong low, out ulong high);

    [LibraryImport(Library)]
    internal static partial int dwarf_entrypc(ref DwarfDie die, out ulong address);

    [LibraryImport(Library)]
    internal static partial nint dwarf_getlocations(
        ref DwarfAttribute attribute, nint offset, ref ulong start, out ulong low, out ulong high, out nint operations, out nuint count);

    [LibraryImport(Library)]
    internal static partial int dwarf_getlocation_attr(ref DwarfAttribute attribute, nint operation, out DwarfAttribute result);

    [LibraryImport(Library)]
    internal static partial int dwarf_getsrclines(ref DwarfDie unit, out nint lines, out nuint count);

    [LibraryImport(Library)]
    internal static partial int dwarf_getsrcfiles(ref DwarfDie unit, out nint files, out nuint count);

    [LibraryImport(Library)]
    internal static partial nint dwarf_filesrc(nint files, nuint index, nint modified, nint length);

    [LibraryImport(Library)]
    internal static partial nint dwarf_onesrcline(nint lines, nuint index);

    [LibraryImport(Library)]
    internal static partial int dwarf_lineaddr(nint line, out ulong address);

    [LibraryImport(Library)]
    internal static partial int dwarf_lineno(nint line, out int number);

    [LibraryImport(Library)]
    internal static partial int dwarf_linebeginstatement(nint line, out byte flag);

    [LibraryImport(Library)]
    internal static partial int dwarf_lineendsequence(nint line, out byte flag);

    [LibraryImport(Library)]
    internal static partial int dwarf_line_file(nint line, out nint files, out nuint index);

    [LibraryImport(Library)]
    internal static partial nint dwarf_errmsg(int error);
}

/// <summary>Dwarf_Block: bytes inside libdw's mapping of the file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DwarfBlock
{
    internal ulong Length;
    internal nint Data;
}

/// <summary>Dwarf_Op of libdw: one operation of a location expression.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DwarfNativeOperation
{
    internal byte Atom;
    internal ulong Number;
    internal ulong Number2;
    internal ulong Offset;
}
