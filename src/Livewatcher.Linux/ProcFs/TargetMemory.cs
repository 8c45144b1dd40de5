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
}
