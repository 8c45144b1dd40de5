// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>Owns a MAP_SHARED mapping, of a descriptor or of memory for children (mmap(2)).</summary>
internal sealed unsafe class SharedMapping : SafeHandle
{
    private readonly nuint length;

    private SharedMapping(nint address, nuint length)
        : base(Libc.MapFailed, ownsHandle: true)
    {
        SetHandle(address);
        this.length = length;
    }

    public override bool IsInvalid => handle == Libc.MapFailed;

    public byte* Pointer => (byte*)handle;

    /// <summary>Null with errno in Marshal.GetLastPInvokeError where the kernel refuses.</summary>
    public static SharedMapping? TryCreate(int descriptor, nuint length, bool writable, nint offset = 0)
    {
        int protection = Libc.PROT_READ | (writable ? Libc.PROT_WRITE : 0);
        nint address = Libc.MapMemory(0, length, protection, Libc.MAP_SHARED, descriptor, offset);
        return address == Libc.MapFailed ? null : new SharedMapping(address, length);
    }

    /// <summary>Zeroed memory that processes forked from here on share with us. Null as above.</summary>
    public static SharedMapping? TryCreateAnonymous(nuint length)
    {
        nint address = Libc.MapMemory(0, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED | Libc.MAP_ANONYMOUS, -1, 0);
        return address == Libc.MapFailed ? null : new SharedMapping(address, length);
    }

    protected override bool ReleaseHandle() => Libc.UnmapMemory(handle, length) == 0;
}
