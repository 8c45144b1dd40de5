// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;

namespace Livewatcher.Linux.Bpf;

/// <summary>Owns a struct bpf_object with its programs and maps.</summary>
internal sealed class SafeBpfObject : SafeHandle
{
    public SafeBpfObject(nint address)
        : base(0, ownsHandle: true) => SetHandle(address);

    public override bool IsInvalid => handle == 0;

    public nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        LibBpf.Close(handle);
        return true;
    }
}

/// <summary>Owns a struct bpf_link: an attached program.</summary>
internal sealed class SafeBpfLink : SafeHandle
{
    public SafeBpfLink(nint address)
        : base(0, ownsHandle: true) => SetHandle(address);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LibBpf.DestroyLink(handle) == 0;
}
