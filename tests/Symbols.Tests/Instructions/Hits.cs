// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Tests.Instructions;

internal static class Hits
{
    public static UserRegisters Registers { get; } = new() { OrigRax = ulong.MaxValue, Cs = 0x33, Ss = 0x2b, Eflags = 0x202 };

    /// <summary>A hit of the first candidate; with slot -1 one that was recovered.</summary>
    public static RawHit Of(
        UserRegisters registers, HardwareSlot slot, byte[]? stack = null, int index = 0, HitOrigin origin = HitOrigin.User,
        ulong? old = null, ulong? now = null) => new()
    {
        Time = 1,
        Process = new ProcessId(1),
        Thread = new ThreadId(1),
        ThreadName = "test",
        Cpu = 0,
        Slot = index,
        Address = index < 0 ? default : slot.Address,
        Origin = origin,
        Recovered = index < 0,
        Registers = registers,
        Stack = stack ?? [],
        Old = old,
        New = now,
    };

    public static HardwareSlot Write(ulong address, int length) => new(new Address(address), length, AccessMode.Write);

    public static HardwareSlot Access(ulong address, int length) => new(new Address(address), length, AccessMode.Access);
}
