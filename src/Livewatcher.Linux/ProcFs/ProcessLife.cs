// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.ProcFs;

/// <summary>One process and no other: its number may be somebody else's as soon as it has ended, its descriptor (pidfd_open(2), Linux 5.3)
/// never. Thread-safe.</summary>
public sealed unsafe class ProcessLife : IDisposable
{
    private readonly SafeDescriptor? descriptor;
    private volatile bool isOver;

    private ProcessLife(ProcessId process, SafeDescriptor? descriptor, bool isOver)
    {
        Process = process;
        this.descriptor = descriptor;
        this.isOver = isOver;
    }

    public ProcessId Process { get; }

    /// <summary>True where its last thread has ended. Where no descriptor was to be had (EMFILE), what /proc says of its number.</summary>
    public bool IsOver
    {
        get
        {
            if (isOver)
                return true;
            if (descriptor is null)
                return !ProcessTable.IsAlive(Process);
            if (!HasEnded())
                return false;
            isOver = true;
            descriptor.Dispose(); // there may be thousands of children, one after the other
            return true;
        }
    }

    /// <summary>Whoever has this number now.</summary>
    public static ProcessLife Open(ProcessId process)
    {
        SafeDescriptor opened = new((int)Libc.PidfdOpen(Libc.SYS_pidfd_open, process.Value, 0));
        int errno = Marshal.GetLastPInvokeError();
        return opened.IsInvalid ? new ProcessLife(process, null, errno == Errno.ESRCH) : new ProcessLife(process, opened, isOver: false);
    }

    /// <summary>Sends a signal, to one of its threads or to the process.</summary>
    /// <returns>errno; 0 where it is sent.</returns>
    internal int Signal(ThreadId? thread, int signal)
    {
        if (IsOver)
            return Errno.ESRCH;
        if (thread is { } one)
            return Libc.ThreadKill(Libc.SYS_tgkill, Process.Value, one.Value, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (descriptor is null)
            return Libc.Kill(Process.Value, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();
        bool held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            return Libc.PidfdSendSignal(Libc.SYS_pidfd_send_signal, descriptor.Number, signal, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        catch (ObjectDisposedException)
        {
            return Errno.ESRCH; // another thread has seen it end
        }
        finally
        {
            if (held)
                descriptor.DangerousRelease();
        }
    }

    public void Dispose() => descriptor?.Dispose();

    private bool HasEnded()
    {
        bool held = false;
        try
        {
            descriptor!.DangerousAddRef(ref held);
            Libc.PollDescriptor what = new() { Descriptor = descriptor.Number, Events = Libc.POLLIN };
            return Libc.Poll(&what, 1, 0) == 1;
        }
        catch (ObjectDisposedException)
        {
            return true; // another thread has seen it end
        }
        finally
        {
            if (held)
                descriptor!.DangerousRelease();
        }
    }
}
