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

/// <summary>What a thread is doing (proc_pid_stat(5)).</summary>
/// <param name="State">Its letter; Z also for one that is gone.</param>
/// <param name="Ticks">CPU time so far, in 10 ms (USER_HZ).</param>
internal readonly record struct ThreadActivity(char State, long Ticks)
{
    /// <summary>So much CPU time that a clone(2) of before is over: creating a thread takes some 50 us of it.</summary>
    private const int CloneTicks = 2;

    internal static ThreadActivity Read(ProcessId process, int tid)
    {
        string? line = ProcessFiles.TryReadText($"/proc/{process.Value}/task/{tid}/stat");
        // The name, in parentheses, may hold anything.
        string[] fields = line is null ? [] : line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 12
            && long.TryParse(fields[11], NumberStyles.None, CultureInfo.InvariantCulture, out long user)
            && long.TryParse(fields[12], NumberStyles.None, CultureInfo.InvariantCulture, out long system)
            ? new ThreadActivity(fields[0][0], user + system)
            : new ThreadActivity('Z', 0);
    }

    internal bool HasEnded => State is 'Z' or 'X';

    /// <summary>True where the thread cannot be in the clone(2) that it was in, if in any, at an earlier look: it sleeps so
    /// that a signal would wake it, which copy_process() never does; or it is stopped or gone; or it has run long since.</summary>
    internal bool HasLeftClone(ThreadActivity earlier) => State is not ('R' or 'D') || Ticks >= earlier.Ticks + CloneTicks;
}
