// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Linux.Records;

/// <summary>What livewatcher does with a slot's state in shared memory, whoever counts there: the BPF program, or the guard. A null
/// pointer stands for a process that is not watched.</summary>
internal static unsafe class SlotStateAccess
{
    /// <param name="state">The slot's.</param>
    /// <param name="content">What it will hold.</param>
    /// <param name="initial">Its bytes now.</param>
    /// <param name="siblings">Mask of the other slots of the same watch.</param>
    /// <param name="meter">Index of the slot whose allowance its hits use.</param>
    internal static void Set(SlotState* state, HardwareSlot content, ulong initial, uint siblings, uint meter = 0)
    {
        if (state == null)
            return;
        *state = new SlotState
        {
            LastValue = initial,
            Length = content.Mode == AccessMode.Execute ? 0u : (uint)content.Length,
            Mode = (uint)content.Mode,
            Siblings = siblings,
            Meter = meter,
        };
        // Last: hits of this address are taken from here on.
        Volatile.Write(ref state->Address, content.Address.Value);
    }

    internal static void Clear(SlotState* state)
    {
        if (state != null)
            Volatile.Write(ref state->Address, 0);
    }

    /// <summary>What the next hit finds may not be the last value seen.</summary>
    internal static void SetStale(SlotState* state, bool stale)
    {
        if (state != null)
            Volatile.Write(ref state->Stale, stale ? 1u : 0u);
    }

    internal static SlotAccount? ReadAccount(SlotState* state) => state == null
        ? null
        : new SlotAccount(
            Volatile.Read(ref state->Counted),
            Volatile.Read(ref state->Recorded),
            Volatile.Read(ref state->Filtered),
            Volatile.Read(ref state->Dropped),
            Volatile.Read(ref state->LastValue),
            Volatile.Read(ref state->Skipped));

    /// <summary>A recorded hit becomes a skipped one.</summary>
    internal static void Skip(SlotState* state)
    {
        if (state == null)
            return;
        Interlocked.Decrement(ref state->Recorded);
        Interlocked.Increment(ref state->Skipped);
    }

    internal static bool CorrectLastValue(SlotState* state, ulong expected, ulong value) =>
        state != null && Interlocked.CompareExchange(ref state->LastValue, value, expected) == expected;
}
