// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>The two ways in which hits reach us.</summary>
internal static class BackendChecks
{
    internal static Check Bpf(Observations seen, Remedies remedies)
    {
        const string Name = "bpf";
        const string Title = "BPF";
        if (seen.Bpf is not { } refusal)
            return Conclusion.Works(Name, Title, "The programs pass the verifier, load and attach.");
        const string Left = "Backend perf is left: the user's own processes, no values as of the hit, a ring that a burst overruns sooner";
        return refusal.Kind switch
        {
            RefusalKind.MissingLibrary => Conclusion.Fails(Name, Title, $"{refusal}. {Left}.", [remedies.Install("libbpf1")]),
            RefusalKind.Permission => Conclusion.Fails(Name, Title, $"Refused: {refusal}; {WhyForbidden(seen.Machine, remedies)}. {Left}.", remedies.AllowBpf()),
            _ => Conclusion.Fails(Name, Title, $"Refused: {refusal}; {WhyImpossible(seen.Machine)}. {Left}.", []),
        };
    }

    internal static Check Ring(Observations seen, Remedies remedies)
    {
        const string Name = "ring_buffer";
        const string Title = "ring buffer";
        if (seen.Backend is not { } backend || seen.Flood is not { } flood || Conclusion.HasDeadRegisters(seen))
            return Conclusion.NotTried(Name, Title, seen);
        string ring = backend == "bpf" ? "BPF's ring buffer" : "perf's rings";
        Figure[] figures = [new("writes", flood.Writes), new("recorded", flood.Recorded), new("dropped", flood.Dropped)];
        if (flood.Recorded == 0)
            return Conclusion.Fails(Name, Title, $"No record came through {ring}, of {Conclusion.Count(flood.Counted, "hit")} that the kernel counted.", [], figures);
        if (flood.Dropped == 0)
        {
            return Conclusion.Works(
                Name, Title, $"{Conclusion.Count(flood.Recorded, "record")} came through {ring} as fast as two threads can write, none dropped.", figures);
        }

        string finding = $"{Conclusion.Number(flood.Dropped)} of {Conclusion.Count(flood.Counted, "hit")} found {ring} full and were dropped, "
            + "as fast as two threads can write. livewatcher counts them and says so.";
        IReadOnlyList<string> commands = backend == "bpf"
            ? ["livewatcher attach PID --watch EXPR --ring 64M"]
            : [.. remedies.AllowMemory(2L * seen.PerfRingBytes), "livewatcher attach PID --watch EXPR --stack-bytes 1024"];
        return Conclusion.Degraded(Name, Title, finding, commands, figures);
    }

    internal static Check PerfRings(Observations seen, Remedies remedies)
    {
        const string Name = "perf_rings";
        const string Title = "perf rings";
        bool chosen = seen.Backend == "perf";
        string role = chosen ? "" : " Backend bpf does not need them.";
        if (seen.PerfRings is { } refusal)
        {
            bool memory = refusal.Kind is RefusalKind.Memory or RefusalKind.Permission && seen.UserWrites is { Refusal: null };
            string why = memory ? "; more locked memory is needed than this user may have" : "";
            IReadOnlyList<string> commands = memory ? remedies.AllowMemory(0) : [];
            return seen.Bpf is null
                ? Conclusion.Degraded(Name, Title, $"Refused: {refusal}{why}.{role}", commands)
                : Conclusion.Fails(Name, Title, $"Refused: {refusal}{why}.", commands);
        }

        string size = $"{Conclusion.Bytes(seen.PerfRingBytes)} for each CPU";
        List<Figure> figures = [new("bytes_per_cpu", seen.PerfRingBytes)];
        if (seen.PerfBurst is { } burst && !Conclusion.HasDeadRegisters(seen))
        {
            figures.AddRange([new("writes", burst.Writes), new("recorded", burst.Recorded)]);
            size += $"; {Conclusion.Number(burst.Recorded)} of {Conclusion.Count(burst.Writes, "write")} came through them";
            if (burst.Recorded == 0)
                return Conclusion.Degraded(Name, Title, $"{size}.{role}", [], figures);
        }

        return chosen && seen.SmallPerfRings is { } small
            ? Conclusion.Degraded(Name, Title, $"{char.ToUpperInvariant(small[0])}{small[1..]}.", remedies.AllowMemory(2L * seen.PerfRingBytes), figures)
            : Conclusion.Works(Name, Title, $"{size}.{role}", figures);
    }

    private static string WhyForbidden(MachineFacts machine, Remedies remedies)
    {
        IReadOnlyList<string> missing = remedies.Has("CAP_SYS_ADMIN") ? [] : remedies.Missing("CAP_BPF", "CAP_PERFMON");
        return missing.Count > 0 ? $"{Conclusion.List(missing)} {(missing.Count == 1 ? "is" : "are")} what it takes and what this process lacks"
            : machine.Lockdown is "confidentiality" ? "the kernel is locked down (confidentiality), which forbids BPF to read memory"
            : machine.LockedMemoryLimit is { } limit && !remedies.Has("CAP_SYS_RESOURCE") ? $"locked memory is limited to {Conclusion.Bytes(limit)}, and an older kernel charges BPF maps to it"
            : machine.Seccomp ? "a seccomp filter is on this process, as in most containers"
            : "a security module may forbid it";
    }

    private static string WhyImpossible(MachineFacts machine) =>
        machine.TypeInformation
            ? "the kernel does not take these programs, for example because it is older than they need"
            : "the kernel does not describe its types (CONFIG_DEBUG_INFO_BTF)";
}
