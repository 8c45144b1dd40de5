// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>Why watches cannot be armed, and what to do about it.</summary>
internal static class RefusalWords
{
    private const int EINVAL = 22;
    private const int EMFILE = 24;
    private const int ENOSPC = 28;

    /// <param name="process">Who has too few registers for them.</param>
    /// <param name="wanted">The watches.</param>
    /// <param name="canTakeTurns">It would be another matter if they took turns, and nobody has asked for that.</param>
    internal static string TooMany(WatchedProcess process, IReadOnlyList<WantedWatch> wanted, bool canTakeTurns)
    {
        IEnumerable<string> needs = wanted.Select(one => one.Pieces.Count > SlotPlanner.SlotCount
            ? $"{one.Watch.Label} has {one.Watch.Length:N0} bytes"
            : $"{one.Watch.Label} needs {one.Pieces.Count} ({Sizes(one.Pieces)})");
        IEnumerable<string> held = process.Watches.Select(watch => $"{watch.Watch.Label} holds {watch.Pieces.Count}");
        bool helps = canTakeTurns && wanted.All(one => one.Pieces.Count <= SlotPlanner.SlotCount);
        List<string> alone = [.. wanted.Where(one => one.WhyAlone is not null && one.Watch.Mode != AccessMode.Execute).Select(one => $"{one.Watch.Label} shares none with its neighbours, for {one.WhyAlone}")];
        return $"too few debug registers: the processor has {SlotPlanner.SlotCount}; {string.Join(", ", needs.Concat(held).Concat(alone))}; watch fewer or smaller objects"
            + (helps ? ", or let them take turns (--rotate)" : "");
    }

    /// <param name="e">The refusal.</param>
    /// <param name="process">Whose threads were being armed.</param>
    /// <param name="wanted">With what.</param>
    /// <param name="holders">Who may have the registers.</param>
    internal static string Explain(ArmingException e, ProcessId process, IReadOnlyList<WantedWatch> wanted, Func<string?> holders)
    {
        string what = string.Join(", ", wanted.Select(one => $"{one.Watch.Label} ({Sizes(one.Pieces)} at {one.Watch.Address})"));
        return e.Errno switch
        {
            ENOSPC => $"no debug register is free for {what}: ENOSPC; {holders() ?? "another user of hardware breakpoints holds them, or ptrace(2) has used them: those a thread keeps until it ends, for --backend ptrace and gdb"}",
            ArmingException.NoProcess => $"process {process} ended while it was being armed: ESRCH",
            EINVAL => $"the kernel refuses {what}: EINVAL; is the address in the program's own memory and aligned?",
            EMFILE => $"too many open files while arming {process}: EMFILE; raise the limit (ulimit -n) or use --scope cpu",
            _ => $"cannot arm {what}: {e.Message}",
        };
    }

    private static string Sizes(IReadOnlyList<HardwareSlot> pieces) =>
        pieces[0].Mode == AccessMode.Execute ? "execution" : $"{string.Join('+', pieces.Select(piece => piece.Length))} bytes";
}
