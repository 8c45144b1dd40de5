// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Ptrace;

/// <summary>The memory shared with the guard: which process has which entry, and what its slots hold. Targets are entered from
/// here, followed children by the guard, both by compare-and-swap.</summary>
internal sealed unsafe class TrapTable : IDisposable
{
    private readonly SharedMapping mapping;

    private TrapTable(SharedMapping mapping) => this.mapping = mapping;

    internal TrapShare* Share => (TrapShare*)mapping.Pointer;

    internal IReadOnlyList<ProcessId> Processes => [.. ((ReadOnlySpan<int>)Share->Tgid).ToArray().Where(tgid => tgid > 0).Select(tgid => new ProcessId(tgid))];

    /// <exception cref="UserException">There is no memory for it.</exception>
    internal static TrapTable Create() => new(
        SharedMapping.TryCreateAnonymous((nuint)sizeof(TrapShare))
        ?? throw new UserException($"backend ptrace: mmap(2): {Errno.Describe(Marshal.GetLastPInvokeError())}"));

    /// <summary>False where no entry is free.</summary>
    internal bool Add(ProcessId process)
    {
        if (Find(process) >= 0)
            return true;
        for (int i = 0; i < RecordLimits.LW_PROCESSES; i++)
        {
            if (Interlocked.CompareExchange(ref Share->Tgid[i], ShareLimits.LW_ENTRY_RESERVED, 0) != 0)
                continue;
            for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
                *StateAt(i, slot) = default;
            Volatile.Write(ref Share->Tgid[i], process.Value);
            return true;
        }

        return false;
    }

    internal void Remove(ProcessId process)
    {
        int index = Find(process);
        if (index >= 0)
            Volatile.Write(ref Share->Tgid[index], 0);
    }

    /// <summary>Null where the process is not watched.</summary>
    internal SlotState* State(ProcessId process, int slot)
    {
        int index = Find(process);
        return index < 0 ? null : StateAt(index, slot);
    }

    public void Dispose() => mapping.Dispose();

    private int Find(ProcessId process) => ((ReadOnlySpan<int>)Share->Tgid).IndexOf(process.Value);

    private SlotState* StateAt(int index, int slot) =>
        (SlotState*)&Share->Slots + (index * RecordLimits.LW_SLOTS) + slot;
}
