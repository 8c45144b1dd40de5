// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Reflection;
using System.Runtime.InteropServices;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

[Flags]
internal enum ThreadEventFlags : uint
{
    None = 0,
    LW_EVENT_INHERITED = 1,
    LW_EVENT_PROGRAM = 2,
    LW_EVENT_ENABLED = 4,
}

/// <summary>struct lw_thread_event of bpf/thread_event.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ThreadEvent
{
    public ulong Root;
    public ulong Address;
    public uint Tid;
    public uint Cpu;
    public ThreadEventFlags Flags;
    public uint Padding;
}

/// <summary>The breakpoint events of a process's threads as the kernel has them (bpf/events.bpf.c). Takes CAP_BPF and
/// CAP_PERFMON.</summary>
internal sealed unsafe class ScanArmingEvents : IDisposable
{
    private readonly SafeBpfObject bpfObject;
    private readonly SafeBpfLink link;
    private readonly int wanted;

    private ScanArmingEvents(SafeBpfObject bpfObject)
    {
        this.bpfObject = bpfObject;
        int error = LibBpf.Load(bpfObject.Pointer);
        if (error != 0)
            throw new BpfException("loading the BPF program that lists events", -error);
        wanted = LibBpf.MapDescriptor(LibBpf.FindMap(bpfObject.Pointer, "wanted_tgid"));
        link = new SafeBpfLink(LibBpf.Attach(LibBpf.FindProgram(bpfObject.Pointer, "list_events")));
        if (link.IsInvalid)
            throw new BpfException("attaching the BPF program that lists events", Marshal.GetLastPInvokeError());
    }

    /// <exception cref="BpfException">The kernel refuses.</exception>
    internal static ScanArmingEvents Load()
    {
        LibBpf.Quiet();
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("events.bpf.o")
            ?? throw new InvalidOperationException("events.bpf.o is not embedded: the build is broken");
        byte[] image = new byte[resource.Length];
        resource.ReadExactly(image);
        nint pointer;
        fixed (byte* bytes = image)
        fixed (byte* name = "events"u8)
        {
            LibBpf.OpenOptions options = new() { Size = (nuint)sizeof(LibBpf.OpenOptions), ObjectName = name };
            pointer = LibBpf.OpenMemory(bytes, (nuint)image.Length, &options);
        }

        if (pointer == 0)
            throw new BpfException("opening the BPF object that lists events", Marshal.GetLastPInvokeError());
        SafeBpfObject opened = new(pointer);
        try
        {
            return new ScanArmingEvents(opened);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Every breakpoint event of every thread; a thread without any has one entry with root 0.</summary>
    internal IReadOnlyList<ThreadEvent> Read(ProcessId process)
    {
        uint zero = 0;
        uint tgid = (uint)process.Value;
        using SafeDescriptor file = new(LibBpfIterator.Create(LibBpfIterator.LinkDescriptor(link.DangerousGetHandle())));
        if (LibBpf.Update(wanted, &zero, &tgid, 0) != 0 || file.IsInvalid)
            throw new BpfException("listing the events of threads", Marshal.GetLastPInvokeError());
        List<ThreadEvent> events = [];
        byte[] buffer = new byte[1 << 16];
        int held = 0;
        fixed (byte* bytes = buffer)
        {
            nint got;
            while ((got = Libc.Read(file.Number, bytes + held, (nuint)(buffer.Length - held))) > 0)
            {
                held += (int)got;
                ReadOnlySpan<ThreadEvent> whole = MemoryMarshal.Cast<byte, ThreadEvent>(buffer.AsSpan(0, held));
                events.AddRange(whole);
                int taken = whole.Length * sizeof(ThreadEvent);
                buffer.AsSpan(taken, held - taken).CopyTo(buffer);
                held -= taken;
            }
        }

        return events;
    }

    public void Dispose()
    {
        link.Dispose();
        bpfObject.Dispose();
    }
}
