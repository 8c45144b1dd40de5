// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Model;

/// <summary>What each thread of a program shall arm for itself when a signal reaches it (native/liblivewatcher/src/wire.h,
/// LW_WIRE_PREPARE).</summary>
/// <param name="Generation">Comes with the signal and with the answers. A new one makes signals that are still on their way void.</param>
/// <param name="Signal">Its number.</param>
/// <param name="Slot">0 to 3.</param>
/// <param name="Content">What the debug register shall hold.</param>
/// <param name="AtStep">Not in the handler, but at the single-step trap that follows.</param>
public sealed record SelfArmingOrder(uint Generation, int Signal, int Slot, HardwareSlot Content, bool AtStep);

/// <summary>A thread has done so, as its program says: nothing of it is certain.</summary>
/// <param name="Generation">Of the order.</param>
/// <param name="Thread">Which.</param>
/// <param name="Error">An errno, 0 for none.</param>
/// <param name="AtTrap">At a single-step trap.</param>
/// <param name="Event">Its perf event, or whatever descriptor was sent; null where none came. The taker's to dispose of.</param>
public sealed record SelfArmed(uint Generation, ThreadId Thread, int Error, bool AtTrap, SafeHandle? Event);

/// <summary>Programs whose library arms their own threads. For the thread that arms.</summary>
public interface ISelfArming
{
    /// <summary>The process that programs believe themselves to be talking to, by their socket's credentials: their signals must name it.</summary>
    int Sender { get; }

    /// <summary>Tells a program what is to be armed, and waits until it is ready for signals.</summary>
    /// <param name="process">Whose library.</param>
    /// <param name="order">What.</param>
    /// <param name="program">Descriptor of the BPF program of its events; null for that of the order before.</param>
    /// <returns>0 or an errno: ENOTCONN where no library of this process is connected, EBUSY where it does not answer.</returns>
    int Prepare(ProcessId process, SelfArmingOrder order, int? program);

    /// <summary>The next answer of a thread; null where none comes in time, or the program is gone.</summary>
    SelfArmed? Take(ProcessId process, TimeSpan atMost);

    /// <summary>Answers that come from now on are refused.</summary>
    void Finish(ProcessId process);
}
