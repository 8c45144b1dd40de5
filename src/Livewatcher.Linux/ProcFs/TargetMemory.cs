// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.ProcFs;

/// <summary>process_vm_readv(2): reads through the kernel's own mapping, so it trips no debug register.</summary>
public sealed unsafe class TargetMemory(ProcessLife life) : ITargetMemory
{
    public bool TryRead(Address address, Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return true;
        fixed (byte* into = buffer)
        {
            Libc.IoVector local = new() { Base = into, Length = (nuint)buffer.Length };
            Libc.IoVector remote = new() { Base = (void*)address.Value, Length = (nuint)buffer.Length };
            return Libc.ProcessVmReadv(life.Process.Value, &local, 1, &remote, 1, 0) == buffer.Length
                && !life.IsOver; // else it may be another process's by now
        }
    }

    /// <summary>One call of the kernel for all of them.</summary>
    public bool TryReadWords(ReadOnlySpan<(Address At, int Length)> places, Span<ulong> words)
    {
        Libc.IoVector* local = stackalloc Libc.IoVector[places.Length], remote = stackalloc Libc.IoVector[places.Length];
        long wanted = 0;
        words[..places.Length].Clear();
        fixed (ulong* into = words)
        {
            for (int i = 0; i < places.Length; i++)
            {
                local[i] = new() { Base = into + i, Length = (nuint)places[i].Length };
                remote[i] = new() { Base = (void*)places[i].At.Value, Length = (nuint)places[i].Length };
                wanted += places[i].Length;
            }

            return wanted == 0 || (Libc.ProcessVmReadv(life.Process.Value, local, (ulong)places.Length, remote, (ulong)places.Length, 0) == wanted && !life.IsOver);
        }
    }
}
