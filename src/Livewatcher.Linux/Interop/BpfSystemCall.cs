// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>bpf(2) commands for which libbpf's wrapper insists on a key.</summary>
internal static unsafe partial class BpfSystemCall
{
    private const int SYS_bpf = 321;
    private const int BPF_MAP_LOOKUP_AND_DELETE_ELEM = 21;

    [StructLayout(LayoutKind.Sequential)]
    private struct ElementAttributes
    {
        public uint Map;
        public uint Padding;
        public ulong Key;
        public ulong Value;
        public ulong Flags;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Call(long number, int command, ElementAttributes* attributes, uint size);

    /// <summary>Pops from a queue map. False with errno where it is empty.</summary>
    internal static bool LookupAndDelete(int map, void* value)
    {
        ElementAttributes attributes = new() { Map = (uint)map, Value = (ulong)value };
        return Call(SYS_bpf, BPF_MAP_LOOKUP_AND_DELETE_ELEM, &attributes, (uint)sizeof(ElementAttributes)) == 0;
    }
}
