// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Symbols.Interop;

/// <summary>struct Dwfl_Callbacks of elfutils/libdwfl.h. Must outlive every session that was begun with it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DwflCallbacks
{
    /// <summary>Never called here: every module is reported with its file open.</summary>
    public delegate* unmanaged<nint, nint*, byte*, ulong, byte**, nint*, int> FindElf;

    public delegate* unmanaged<nint, nint*, byte*, ulong, byte*, byte*, uint, byte**, int> FindDebugInfo;

    /// <summary>For relocatable objects only, which no process maps.</summary>
    public nint SectionAddress;

    public nint DebugInfoPath;
}
