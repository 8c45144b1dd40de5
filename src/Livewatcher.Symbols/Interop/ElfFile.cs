// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Interop;

/// <summary>Opens files that nobody vetted: a fifo or a terminal in a file's place must not block the reader, so
/// open(2) is asked for O_NONBLOCK, which regular files ignore.</summary>
internal static partial class ElfFile
{
    /// <summary>O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC of x86-64 Linux (asm-generic/fcntl.h).</summary>
    private const int OpenFlags = 0x800 | 0x100 | 0x80000;

    /// <summary>MFD_CLOEXEC, memfd_create(2).</summary>
    private const uint CloseOnExec = 1;

    /// <summary>Open's reason for what is there and is no file.</summary>
    internal const string NotRegular = "not a regular file";

    private const int BlockSize = 1 << 16;

    [LibraryImport("libc.so.6", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenDescriptor(string path, int flags, uint mode);

    [LibraryImport("libc.so.6", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MemoryFile(string name, uint flags);

    [LibraryImport("libc.so.6", EntryPoint = "fstat", SetLastError = true)]
    private static unsafe partial int Status(int descriptor, byte* status);

    /// <summary>Null with a reason where the path cannot be opened or is no regular file.</summary>
    public static SafeFileHandle? Open(string path, out string? reason)
    {
        var descriptor = OpenDescriptor(path, OpenFlags, 0);
        if (descriptor < 0)
        {
            reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            return null;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (IsRegular(descriptor))
        {
            reason = null;
            return handle;
        }

        handle.Dispose();
        reason = NotRegular;
        return null;
    }

    /// <summary>Where the file lies, as the kernel knows it and as libdw asks (__libdw_elfpath): proc(5), /proc/self/fd.</summary>
    internal static string? FolderOf(SafeFileHandle file) =>
        Path.GetDirectoryName(File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName);

    /// <summary>A file that exists in memory only, memfd_create(2), with the given content.</summary>
    public static SafeFileHandle? FromBytes(ReadOnlySpan<byte> content, out string? reason)
    {
        var descriptor = MemoryFile("livewatcher-elf", CloseOnExec);
        if (descriptor < 0)
        {
            reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            return null;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.SetLength(handle, content.Length);
        for (var offset = 0; offset < content.Length; offset += BlockSize)
        {
            // What is left out reads as zeros and takes no memory.
            var block = content.Slice(offset, Math.Min(BlockSize, content.Length - offset));
            if (block.ContainsAnyExcept((byte)0))
            {
                RandomAccess.Write(handle, block, offset);
            }
        }

        reason = null;
        return handle;
    }

    /// <summary>struct stat of x86-64 (asm/stat.h) has 144 bytes, st_mode at 24; S_IFMT, S_IFREG: inode(7).</summary>
    private static unsafe bool IsRegular(int descriptor)
    {
        const int StatusSize = 144;
        const int ModeOffset = 24;
        const uint TypeMask = 0xf000;
        const uint RegularType = 0x8000;
        var status = stackalloc byte[StatusSize];
        return Status(descriptor, status) == 0 && (*(uint*)(status + ModeOffset) & TypeMask) == RegularType;
    }
}
