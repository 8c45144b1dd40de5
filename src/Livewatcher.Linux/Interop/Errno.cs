// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Linux.Interop;

/// <summary>errno(3) by name: numbers of x86-64, include/uapi/asm-generic/errno-base.h and errno.h.</summary>
public static class Errno
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int EAGAIN = 11;
    internal const int ENOMEM = 12;
    internal const int EACCES = 13;
    internal const int EBUSY = 16;
    internal const int EINVAL = 22;
    internal const int EMFILE = 24;
    internal const int ENOSPC = 28;
    internal const int EOPNOTSUPP = 95;

    private static readonly Dictionary<int, (string Name, string Meaning)> Names = new()
    {
        [1] = ("EPERM", "operation not permitted"),
        [2] = ("ENOENT", "no such file or directory"),
        [3] = ("ESRCH", "no such process"),
        [4] = ("EINTR", "interrupted system call"),
        [5] = ("EIO", "input/output error"),
        [6] = ("ENXIO", "no such device or address"),
        [7] = ("E2BIG", "argument list too long"),
        [8] = ("ENOEXEC", "not an executable this kernel can run"),
        [9] = ("EBADF", "bad file descriptor"),
        [10] = ("ECHILD", "no child process"),
        [11] = ("EAGAIN", "resource temporarily unavailable"),
        [12] = ("ENOMEM", "out of memory"),
        [13] = ("EACCES", "permission denied"),
        [14] = ("EFAULT", "bad address"),
        [16] = ("EBUSY", "device or resource busy"),
        [17] = ("EEXIST", "file exists"),
        [19] = ("ENODEV", "no such device"),
        [20] = ("ENOTDIR", "not a directory"),
        [21] = ("EISDIR", "is a directory"),
        [22] = ("EINVAL", "invalid argument"),
        [23] = ("ENFILE", "too many open files in the system"),
        [24] = ("EMFILE", "too many open files"),
        [26] = ("ETXTBSY", "text file busy"),
        [28] = ("ENOSPC", "no space left"),
        [32] = ("EPIPE", "the reader is gone"),
        [36] = ("ENAMETOOLONG", "file name too long"),
        [38] = ("ENOSYS", "function not implemented"),
        [40] = ("ELOOP", "too many symbolic links"),
        [95] = ("EOPNOTSUPP", "operation not supported"),
        [110] = ("ETIMEDOUT", "timed out"),
    };

    /// <summary>"EPERM (operation not permitted)", or "errno 133".</summary>
    public static string Describe(int errno) =>
        Names.TryGetValue(errno, out (string Name, string Meaning) known) ? $"{known.Name} ({known.Meaning})" : $"errno {errno}";
}
