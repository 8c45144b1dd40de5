// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Interop;

/// <summary>Looks for a module's separate debug files when libdw asks. Called inside libdw, on the caller's thread.</summary>
internal interface IDebugFileSource
{
    /// <param name="buildId">Of the module; empty where it has none.</param>
    /// <param name="linkName">Of .gnu_debuglink; null without.</param>
    /// <param name="checksum">Of .gnu_debuglink.</param>
    /// <returns>The open file and its path, or null.</returns>
    (SafeFileHandle File, string Path)? FindDebugFile(ReadOnlySpan<byte> buildId, string? linkName, uint checksum);

    /// <param name="ownerPath">The file that has a .gnu_debugaltlink (dwz(1)).</param>
    /// <param name="name">The name in it.</param>
    /// <param name="buildId">The build-id in it.</param>
    (SafeFileHandle File, string Path)? FindSupplementary(string ownerPath, string name, ReadOnlySpan<byte> buildId);

    /// <summary>An exception that must not cross native frames.</summary>
    void Failed(Exception exception);
}

/// <summary>One libdwfl session with one module. One session a module lets modules come and go without touching the
/// others; what overlaps or fails in one cannot spoil another.</summary>
internal sealed unsafe class DwflSession : SafeHandleZeroOrMinusOneIsInvalid
{
    private static readonly DwflCallbacks* Callbacks = CreateCallbacks();

    private GCHandle<IDebugFileSource> _source;

    private DwflSession(nint session)
        : base(ownsHandle: true)
    {
        SetHandle(session);
    }

    /// <summary>Dwfl_Module*.</summary>
    public nint Module { get; private set; }

    /// <summary>Where the module's file lies; null where that cannot be told.</summary>
    public string? Folder { get; private set; }

    /// <summary>The file of its own that the module's debug information is in; null where libdw has found none.</summary>
    public string? SeparateFile
    {
        get
        {
            nint debugFile;
            DwflNative.ModuleInfo(Module, null, null, null, null, null, null, &debugFile);
            return DwarfText.Read(debugFile);
        }
    }

    /// <summary>Null with a reason where libdw does not take the file. Takes the file over in any case.</summary>
    /// <param name="name">Module name.</param>
    /// <param name="path">What libdw takes for the file's path when it looks for what belongs to it.</param>
    /// <param name="file">The open file.</param>
    /// <param name="bias">Add to p_vaddr to get a target address; 0 for ET_EXEC.</param>
    /// <param name="source">Asked for separate debug files.</param>
    public static DwflSession? Open(
        string name, string path, SafeFileHandle file, ulong bias, IDebugFileSource source, out string? reason)
    {
        using (file)
        {
            var session = new DwflSession(DwflNative.Begin(Callbacks));
            if (!session.IsInvalid && session.Report(name, path, file, bias, source))
            {
                reason = null;
                return session;
            }

            reason = DwflNative.LastError();
            session.Dispose();
            return null;
        }
    }

    protected override bool ReleaseHandle()
    {
        DwflNative.End(handle);
        if (_source.IsAllocated)
        {
            _source.Dispose();
        }

        return true;
    }

    private bool Report(string name, string path, SafeFileHandle file, ulong bias, IDebugFileSource source)
    {
        Folder = ElfFile.FolderOf(file);
        DwflNative.ReportBegin(handle);
        Module = DwflNative.ReportElf(handle, name, path, (int)file.DangerousGetHandle(), bias, addVirtualAddress: 1);
        if (Module == 0)
        {
            return false;
        }

        file.SetHandleAsInvalid();
        _source = new GCHandle<IDebugFileSource>(source);
        nint* userData;
        DwflNative.ModuleInfo(Module, &userData, null, null, null, null, null, null);
        *userData = GCHandle<IDebugFileSource>.ToIntPtr(_source);
        return DwflNative.ReportEnd(handle, 0, 0) == 0;
    }

    private static DwflCallbacks* CreateCallbacks()
    {
        // Sessions keep the pointer, so this is never freed.
        var callbacks = (DwflCallbacks*)NativeMemory.AllocZeroed((nuint)sizeof(DwflCallbacks));
        callbacks->FindElf = &FindElf;
        callbacks->FindDebugInfo = &FindDebugInfo;
        return callbacks;
    }

    [UnmanagedCallersOnly]
    private static int FindElf(nint module, nint* userData, byte* moduleName, ulong moduleBase, byte** fileName, nint* elf) => -1;

    [UnmanagedCallersOnly]
    private static int FindDebugInfo(
        nint module, nint* userData, byte* moduleName, ulong moduleBase, byte* fileName, byte* debugLink, uint checksum,
        byte** found)
    {
        if (*userData == 0)
        {
            return -1;
        }

        var source = GCHandle<IDebugFileSource>.FromIntPtr(*userData).Target;
        try
        {
            if (Find(source, module, fileName, debugLink, checksum) is { } result)
            {
                *found = CopyForFree(result.Path);
                var descriptor = (int)result.File.DangerousGetHandle();
                result.File.SetHandleAsInvalid();
                return descriptor;
            }

            return -1;
        }
        catch (Exception exception)
        {
            source.Failed(exception);
            return -1;
        }
    }

    private static (SafeFileHandle File, string Path)? Find(
        IDebugFileSource source, nint module, byte* fileName, byte* debugLink, uint checksum)
    {
        var link = DwarfText.Read((nint)debugLink);

        // libdwfl asks for the supplementary file by the same callback, with a name but no checksum
        // (find_debug_altlink in libdwfl/dwfl_module_getdwarf.c); the Dwarf handle exists by then.
        if (link is not null && checksum == 0)
        {
            var dwarf = DwflNative.ModuleDwarf(module, out _);
            nint altId = 0;
            var length = dwarf == 0 ? 0 : DwflNative.AlternateDebugLink(dwarf, out _, out altId);
            return length > 0
                ? source.FindSupplementary(
                    DwarfText.Read((nint)fileName) ?? string.Empty, link, new ReadOnlySpan<byte>((void*)altId, (int)length))
                : null;
        }

        var elf = DwflNative.ModuleElf(module, out _);
        nint bits = 0;
        var idLength = elf == 0 ? 0 : DwflNative.BuildId(elf, out bits);
        return source.FindDebugFile(
            idLength > 0 ? new ReadOnlySpan<byte>((void*)bits, (int)idLength) : default, link, checksum);
    }

    /// <summary>libdwfl frees the name with free(3), whose counterpart NativeMemory.Alloc is.</summary>
    private static byte* CopyForFree(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return copy;
    }
}
