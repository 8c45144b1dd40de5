// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Hand-made hits.</summary>
internal static class Hits
{
    internal static RawHit User(ulong time, int thread = 1, int slot = 0, ulong rip = 0x401003, ulong rax = 0, ulong? old = 0, ulong? now = 1, StackPool? lender = null, int stackBytes = 0) => new()
    {
        Stack = lender is null ? default : lender.Borrow(stackBytes).AsMemory(0, stackBytes),
        StackLender = lender,
        Time = time,
        Process = new ProcessId(FakeMachine.Root),
        Thread = new ThreadId(thread),
        ThreadName = $"t{thread}",
        Cpu = 0,
        Slot = slot,
        Address = new Address(FakeMemory.Base + (8 * (ulong)slot)),
        Origin = HitOrigin.User,
        Registers = default(UserRegisters) with { Rip = rip, Rax = rax },
        Old = old,
        New = now,
    };

    /// <summary>The kernel's copy to the user, at one byte or word of it.</summary>
    /// <param name="time">CLOCK_MONOTONIC, ns.</param>
    /// <param name="destination">RDI.</param>
    /// <param name="slot">The slot that was hit; slot n is at Base + 8 n.</param>
    /// <param name="thread">Who called.</param>
    /// <param name="call">orig_rax.</param>
    /// <param name="buffer">rsi.</param>
    /// <param name="left">RCX.</param>
    /// <param name="length">Bytes of the slot.</param>
    internal static RawHit Kernel(ulong time, ulong destination, int slot = 0, int thread = 1, ulong call = 0, ulong buffer = FakeMemory.Base, ulong left = 0, int length = 0) => new()
    {
        Time = time,
        Process = new ProcessId(FakeMachine.Root),
        Thread = new ThreadId(thread),
        ThreadName = $"t{thread}",
        Cpu = 0,
        Slot = slot,
        Address = new Address(FakeMemory.Base + (8 * (ulong)slot)),
        Origin = HitOrigin.Kernel,
        Kernel = new KernelContext(0xffffffff81000000, destination, left),
        Length = length,
        Registers = default(UserRegisters) with { Rip = 0x7f0000001234, Rsp = 0x7ffe0000, OrigRax = call, Rsi = buffer },
        Old = time,
        New = time + 1,
    };

    internal static RawHit With(this RawHit hit, params SlotChange[] siblings) => new()
    {
        Time = hit.Time,
        Process = hit.Process,
        Thread = hit.Thread,
        ThreadName = hit.ThreadName,
        Cpu = hit.Cpu,
        Slot = hit.Slot,
        Address = hit.Address,
        Origin = hit.Origin,
        Registers = hit.Registers,
        Kernel = hit.Kernel,
        Old = hit.Old,
        New = hit.New,
        Siblings = siblings,
    };
}
