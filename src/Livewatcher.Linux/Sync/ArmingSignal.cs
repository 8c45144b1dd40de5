// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Sync;

/// <summary>The signal by which the threads of one process are asked to arm themselves.</summary>
/// <param name="process">The process.</param>
/// <param name="number">A real-time signal.</param>
internal sealed class ArmingSignal(ProcessId process, int number)
{
    // glibc keeps the first two real-time signals for itself; programs number theirs from SIGRTMIN on.
    private const int Highest = 64;
    private const int Lowest = 36;

    internal int Number => number;

    /// <summary>The one that the fewest threads block; of those, if possible, one that the program neither handles nor ignores, though the
    /// library would hand on what is the program's.</summary>
    /// <returns>Null where the process has process numbers of its own: its library could not tell our signal from others, nor we its
    /// threads from others.</returns>
    internal static ArmingSignal? Choose(ProcessId process)
    {
        string status = ProcessFiles.TryReadText($"/proc/{process}/status") ?? string.Empty;
        if (ProcessFiles.TryReadLink($"/proc/{process}/ns/pid") is not { } space || space != ProcessFiles.TryReadLink("/proc/self/ns/pid"))
            return null;
        ulong taken = Mask(status, "SigCgt") | Mask(status, "SigIgn");
        List<ulong> blocked = [.. ProcessFiles.NumbersIn($"/proc/{process}/task").Select(tid => BlockedBy(process, tid))];
        int best = Enumerable.Range(Lowest, Highest - Lowest + 1)
            .OrderBy(signal => blocked.Count(mask => Has(mask, signal)))
            .ThenBy(signal => Has(taken, signal))
            .ThenByDescending(signal => signal)
            .First();
        return new ArmingSignal(process, best);
    }

    /// <summary>A thread that blocks it would take it some time later, or never.</summary>
    internal bool IsBlockedBy(int tid) => Has(BlockedBy(process, tid), number);

    /// <param name="tid">The thread.</param>
    /// <param name="sender">Who the program has to believe it comes from.</param>
    /// <param name="generation">Of the order.</param>
    /// <returns>0 or an errno.</returns>
    internal int SendTo(int tid, int sender, uint generation) => ThreadControl.Queue(process.Value, tid, new ThreadControl.QueuedSignal
    {
        Number = number,
        Code = ThreadControl.SI_QUEUE,
        Sender = sender,
        User = Libc.EffectiveUserId(),
        Value = generation,
    });

    private static ulong BlockedBy(ProcessId process, int tid) =>
        Mask(ProcessFiles.TryReadText($"/proc/{process}/task/{tid}/status") ?? string.Empty, "SigBlk");

    private static ulong Mask(string status, string field) =>
        ulong.TryParse(ProcessFiles.StatusField(status, field), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong mask) ? mask : 0;

    private static bool Has(ulong mask, int signal) => (mask >> (signal - 1) & 1) != 0;
}
