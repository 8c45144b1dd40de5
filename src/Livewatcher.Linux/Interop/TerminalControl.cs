// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>termios(3), and what else a terminal takes. Each sets errno (Marshal.GetLastPInvokeError).</summary>
internal static unsafe partial class TerminalControl
{
    internal const int O_RDWR = 2;
    internal const int O_NOCTTY = 0x100;
    internal const int O_CLOEXEC = 0x80000;
    internal const int TCSADRAIN = 1;
    internal const ulong TIOCGWINSZ = 0x5413;
    internal const int F_DUPFD_CLOEXEC = 1030;
    internal const int SIGSTOP = 19;

    /// <summary>Number of c_cc.</summary>
    private const int NCCS = 32;

    /// <summary>struct termios of glibc on x86-64 (bits/termios-struct.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Settings
    {
        public uint Input;
        public uint Output;
        public uint Control;
        public uint Local;
        public byte Line;
        public Characters Special;
        public uint InputSpeed;
        public uint OutputSpeed;
    }

    [InlineArray(NCCS)]
    internal struct Characters
    {
        private byte first;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelsAcross;
        public ushort PixelsDown;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "isatty")]
    internal static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    internal static partial int Get(int descriptor, Settings* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    internal static partial int Set(int descriptor, int when, Settings* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    internal static partial void MakeRaw(Settings* settings);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int IoControl(int descriptor, ulong request, WindowSize* size);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    internal static partial int Duplicate(int descriptor, int to);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(int descriptor, int command, int argument);
}
