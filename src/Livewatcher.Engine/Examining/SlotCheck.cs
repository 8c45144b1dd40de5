// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>Debug registers that are free.</summary>
internal static class SlotCheck
{
    private const string Name = "slots";
    private const string Title = "free debug registers";

    /// <summary>x86 has DR0 to DR3.</summary>
    private const int All = 4;

    internal static Check Of(Observations seen)
    {
        if (seen.Slots is not { } slots)
            return Conclusion.NotTried(Name, Title, seen);
        if (slots.OnTask == 0 && slots.TaskRefusal is { Kind: not RefusalKind.NoSlot } refusal)
            return Conclusion.Fails(Name, Title, $"Could not be counted: {refusal}.", []);

        Figure[] figures =
        [
            new("free_for_a_thread", slots.OnTask),
            .. slots.OnCpus.OrderBy(cpu => cpu.Key).Select(cpu => new Figure($"free_on_cpu_{cpu.Key}", cpu.Value)),
        ];
        int least = slots.OnCpus.Values.Append(slots.OnTask).Min();
        string finding = $"{slots.OnTask} of {All} can be had for a thread{PerCpu(slots)}.{Holders(slots)}";
        if (slots.OnTask == 0)
            return Conclusion.Fails(Name, Title, finding, [], figures);
        return least < All ? Conclusion.Degraded(Name, Title, finding, [], figures) : Conclusion.Works(Name, Title, finding, figures);
    }

    private static string PerCpu(SlotTrial slots)
    {
        if (slots.CpuRefusal is { } refusal)
            return $"; whole CPUs are not for this user, so there is no scope cpu: {refusal.Error}";
        if (slots.OnCpus.Count == 0)
            return "";
        int least = slots.OnCpus.Values.Min();
        if (slots.OnCpus.Values.Max() == least)
            return $", {least} on each of {Conclusion.Count(slots.OnCpus.Count, "CPU")}";
        return $"; on CPUs: {string.Join(", ", slots.OnCpus.OrderBy(cpu => cpu.Key).Select(cpu => $"{cpu.Value} on {cpu.Key}"))}";
    }

    private static string Holders(SlotTrial slots)
    {
        if (slots.OnCpus.Values.Append(slots.OnTask).Min() >= All)
            return "";
        return slots.Holders.Count == 0
            ? " Nobody that we may look at has perf events open; a debugger may hold the rest, or a process of another user."
            : $" Perf events are open in {Conclusion.List(slots.Holders)}.";
    }
}
