// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using Livewatcher.Linux.Arming;
using Livewatcher.Model;

namespace Livewatcher.Linux.Sync;

/// <summary>One process whose threads can be asked to arm themselves, and how else they are reached.</summary>
/// <param name="process">The process.</param>
/// <param name="library">Its liblivewatcher.</param>
/// <param name="delivery">What their events are connected to.</param>
/// <param name="programs">Descriptors of the BPF programs, by slot.</param>
internal sealed class SyncTarget(ProcessId process, ISelfArming library, ScanArmingDelivery delivery, IReadOnlyList<int> programs)
{
    // Differs from run to run, so that a signal of a former listener is nobody's.
    private uint generation = (uint)Stopwatch.GetTimestamp();
    private ArmingSignal? signal = ArmingSignal.Choose(process);

    internal ProcessId Process => process;

    /// <summary>From here on threads can be asked.</summary>
    /// <returns>0 or an errno.</returns>
    internal int Prepare(ScanPosition position, bool atStep) => Order(position, atStep, programs[position.Slot]);

    /// <summary>Signals that are on their way mean nothing any more.</summary>
    /// <returns>0 or an errno.</returns>
    internal int Revoke(ScanPosition position, bool atStep) => Order(position, atStep, program: null);

    internal void Finish() => library.Finish(process);

    /// <returns>False where the thread would not take a signal now.</returns>
    internal bool TrySignal(int tid) => signal is not null && !signal.IsBlockedBy(tid) && signal.SendTo(tid, library.Sender, generation) == 0;

    /// <summary>The next answer to this order; null where none comes in time.</summary>
    internal SelfArmed? Take(TimeSpan atMost)
    {
        long start = Stopwatch.GetTimestamp();
        for (TimeSpan left = atMost; left > TimeSpan.Zero; left = atMost - Stopwatch.GetElapsedTime(start))
        {
            SelfArmed? answer = library.Take(process, left);
            if (answer is null || answer.Generation == generation)
                return answer;
            answer.Event?.Dispose();
        }

        return null;
    }

    /// <summary>Opens a thread's event from here. Null, with errno, where the kernel refuses.</summary>
    internal PerfEvent? Open(ScanPosition position, int tid, out int errno)
    {
        PerfEvent? one = PerfEvent.TryOpen(delivery.AttributesOf(position), tid, position.Cpu, out errno);
        if (one is null)
            return null;
        errno = delivery.Connect(one, position);
        if (errno == 0)
            errno = one.Enable();
        if (errno == 0)
            return one;
        one.Dispose();
        return null;
    }

    private int Order(ScanPosition position, bool atStep, int? program)
    {
        generation++;
        if (signal is null)
            return 0;
        return library.Prepare(process, new SelfArmingOrder(generation, signal.Number, position.Slot, position.Content, atStep), program);
    }
}
