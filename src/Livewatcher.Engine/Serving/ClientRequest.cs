// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Serving;

/// <summary>What a program asks through liblivewatcher, checked for shape, with nothing else believed.</summary>
/// <param name="Process">Who asks, by its socket's credentials.</param>
/// <param name="Thread">Which thread, by its own account; 0 where it does not say.</param>
public abstract record ClientRequest(ProcessId Process, int Thread)
{
    /// <summary>It has come. Answered with 0 when it may arm watches. What an earlier connection of it has armed is disarmed.</summary>
    /// <param name="Process">Who.</param>
    /// <param name="Connection">Tells its connections apart.</param>
    public sealed record Join(ProcessId Process, long Connection) : ClientRequest(Process, 0);

    /// <summary>A connection has ended, whatever the reason.</summary>
    /// <param name="Process">Whose.</param>
    /// <param name="Connection">Which; nothing happens where a newer one has come already.</param>
    public sealed record Leave(ProcessId Process, long Connection) : ClientRequest(Process, 0);

    /// <param name="Process">Who.</param>
    /// <param name="Thread">Thread.</param>
    /// <param name="Number">liblivewatcher's number, 0 to 3. One that is set is moved.</param>
    /// <param name="Slot">What the debug register shall hold.</param>
    /// <param name="ChangesOnly">Report only accesses that change the value.</param>
    /// <param name="Label">Its name; empty for the symbol at the address.</param>
    /// <param name="Caller">Registers where the program has set it; null where that was before this listener came.</param>
    public sealed record Set(
        ProcessId Process, int Thread, int Number, HardwareSlot Slot, bool ChangesOnly, string Label, UserRegisters? Caller) : ClientRequest(Process, Thread);

    public sealed record Reset(ProcessId Process, int Thread, int Number) : ClientRequest(Process, Thread);

    /// <param name="Process">Who.</param>
    /// <param name="Thread">Thread.</param>
    /// <param name="Kind">What sort.</param>
    /// <param name="Text">The words.</param>
    /// <param name="Caller">For a backtrace: the registers to unwind from.</param>
    public sealed record Say(ProcessId Process, int Thread, MessageKind Kind, string Text, UserRegisters? Caller) : ClientRequest(Process, Thread);

    public sealed record DumpRegisters(ProcessId Process, int Thread, UserRegisters Caller) : ClientRequest(Process, Thread);

    /// <summary>Its library has swallowed a stray SIGTRAP (DESIGN.md, fact 4).</summary>
    /// <param name="Process">Who.</param>
    /// <param name="Thread">Thread.</param>
    /// <param name="Registers">Right behind the access.</param>
    /// <param name="Lost">Such notices that could not be sent before this one.</param>
    public sealed record Recovered(ProcessId Process, int Thread, UserRegisters Registers, int Lost) : ClientRequest(Process, Thread);

    /// <param name="Process">Who.</param>
    /// <param name="Thread">Thread.</param>
    /// <param name="Name">As <see cref="ListenSettings.TrySet"/> knows it.</param>
    /// <param name="Value">Its new value.</param>
    public sealed record Setting(ProcessId Process, int Thread, string Name, int Value) : ClientRequest(Process, Thread);
}
