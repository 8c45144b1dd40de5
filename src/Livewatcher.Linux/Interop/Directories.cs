// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>open(2) of a folder and getdents64(2): a listing in one system call, where readdir's wrappers take many.</summary>
internal static unsafe partial class Directories
{
    internal const int O_DIRECTORY = 0x10000;
    internal const int O_CLOEXEC = 0x80000;
    internal const int SYS_getdents64 = 217;
    internal const int SEEK_SET = 0;

    /// <summary>struct linux_dirent64: d_ino, d_off, d_reclen, d_type, d_name.</summary>
    internal const int RecordLengthOffset = 16;
    internal const int NameOffset = 19;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long GetEntries(long number, int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(int descriptor, long offset, int whence);
}
