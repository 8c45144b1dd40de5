// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Symbols.Interop;

/// <summary>Call frame information by elfutils/libdw.h. Results: 0 found, -1 error or nothing there.</summary>
internal static partial class DwflUnwindTables
{
    /// <summary>The rules at an address; the frame is to be freed with free(3).</summary>
    [LibraryImport(DwflNative.Library, EntryPoint = "dwarf_cfi_addrframe")]
    public static partial int AddressFrame(nint table, ulong address, out nint frame);

    /// <summary>Returns the DWARF number of the return address column, -1 for errors.</summary>
    [LibraryImport(DwflNative.Library, EntryPoint = "dwarf_frame_info")]
    public static partial int FrameInfo(nint frame, out ulong start, out ulong end, out byte signalFrame);

    [LibraryImport(DwflNative.Library, EntryPoint = "dwarf_frame_cfa")]
    public static unsafe partial int FrameCfa(nint frame, out DwarfNativeOperation* operations, out nuint count);

    /// <summary>No operations at scratch: undefined; no operations at null: same value; otherwise a location or,
    /// ending in DW_OP_stack_value, a value. Scratch has room for three.</summary>
    [LibraryImport(DwflNative.Library, EntryPoint = "dwarf_frame_register")]
    public static unsafe partial int FrameRegister(
        nint frame, int register, DwarfNativeOperation* scratch, out DwarfNativeOperation* operations, out nuint count);
}
