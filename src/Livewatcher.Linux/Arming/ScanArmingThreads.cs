// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>Lists a process's threads, fast: the folder stays open.</summary>
internal sealed unsafe class ScanArmingThreads : IDisposable
{
    private readonly SafeDescriptor folder;
    private readonly byte[] buffer = new byte[1 << 18];

    private ScanArmingThreads(SafeDescriptor folder) => this.folder = folder;

    /// <summary>Null where the process is gone.</summary>
    internal static ScanArmingThreads? TryOpen(ProcessId process)
    {
        SafeDescriptor opened = new(Directories.Open($"/proc/{process.Value}/task", Directories.O_DIRECTORY | Directories.O_CLOEXEC));
        return opened.IsInvalid ? null : new ScanArmingThreads(opened);
    }

    /// <summary>The kernel's own number of threads; 0 where the process is gone.</summary>
    internal static int Count(ProcessId process)
    {
        string status = ProcessFiles.TryReadText($"/proc/{process.Value}/status") ?? string.Empty;
        return int.TryParse(ProcessFiles.StatusField(status, "Threads"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0;
    }

    /// <summary>The threads now. One that lives through the call can be missing when its neighbour in the list ends
    /// meanwhile (fs/proc/base.c, next_tid), so a single listing proves nothing.</summary>
    internal List<int> List()
    {
        List<int> threads = [];
        if (Directories.Seek(folder.Number, 0, Directories.SEEK_SET) != 0)
            return threads;
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                long got = Directories.GetEntries(Directories.SYS_getdents64, folder.Number, bytes, (nuint)buffer.Length);
                if (got <= 0)
                    return threads;
                for (long at = 0; at < got; at += *(ushort*)(bytes + at + Directories.RecordLengthOffset))
                {
                    ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(bytes + at + Directories.NameOffset);
                    if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int tid))
                        threads.Add(tid);
                }
            }
        }
    }

    public void Dispose() => folder.Dispose();
}
