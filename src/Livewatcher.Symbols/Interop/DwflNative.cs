// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Symbols.Interop;

/// <summary>elfutils/libdwfl.h: sessions and modules. Pointers are opaque; strings belong to the session.</summary>
internal static partial class DwflNative
{
    public const string Library = "libdw.so.1";

    public static bool IsInstalled => NativeLibrary.TryLoad(Library, out _);

    [LibraryImport(Library, EntryPoint = "dwfl_begin")]
    public static unsafe partial nint Begin(DwflCallbacks* callbacks);

    [LibraryImport(Library, EntryPoint = "dwfl_end")]
    public static partial void End(nint session);

    [LibraryImport(Library, EntryPoint = "dwfl_report_begin")]
    public static partial void ReportBegin(nint session);

    /// <summary>Takes the descriptor over where it succeeds. With addVirtualAddress the base is the load bias.</summary>
    [LibraryImport(Library, EntryPoint = "dwfl_report_elf", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReportElf(
        nint session, string name, string fileName, int descriptor, ulong loadBase, byte addVirtualAddress);

    [LibraryImport(Library, EntryPoint = "dwfl_report_end")]
    public static partial int ReportEnd(nint session, nint removed, nint argument);

    [LibraryImport(Library, EntryPoint = "dwfl_module_info")]
    public static unsafe partial nint ModuleInfo(
        nint module, nint** userData, ulong* start, ulong* end, ulong* dwarfBias, ulong* symbolBias,
        nint* mainFile, nint* debugFile);

    [LibraryImport(Library, EntryPoint = "dwfl_module_getelf")]
    public static partial nint ModuleElf(nint module, out ulong bias);

    /// <summary>Looks for a separate debug file at the first call, by the session's callback.</summary>
    [LibraryImport(Library, EntryPoint = "dwfl_module_getdwarf")]
    public static partial nint ModuleDwarf(nint module, out ulong bias);

    [LibraryImport(Library, EntryPoint = "dwfl_module_eh_cfi")]
    public static partial nint ModuleEhFrame(nint module, out ulong bias);

    [LibraryImport(Library, EntryPoint = "dwfl_module_dwarf_cfi")]
    public static partial nint ModuleDebugFrame(nint module, out ulong bias);

    [LibraryImport(Library, EntryPoint = "dwfl_module_getsymtab")]
    public static partial int ModuleSymbolCount(nint module);

    [LibraryImport(Library, EntryPoint = "dwfl_module_getsym_info")]
    public static partial nint ModuleSymbol(
        nint module, int index, out ElfSymbolRecord symbol, out ulong address, out uint section, out nint elf, out ulong bias);

    [LibraryImport(Library, EntryPoint = "dwelf_elf_gnu_build_id")]
    public static partial nint BuildId(nint elf, out nint bits);

    [LibraryImport(Library, EntryPoint = "dwelf_dwarf_gnu_debugaltlink")]
    public static partial nint AlternateDebugLink(nint dwarf, out nint name, out nint buildId);

    [LibraryImport(Library, EntryPoint = "dwfl_errmsg")]
    private static partial nint ErrorMessage(int error);

    /// <summary>The calling thread's last failure, in libdw's words.</summary>
    public static string LastError() => Marshal.PtrToStringUTF8(ErrorMessage(-1)) ?? "no error";
}
