// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Choosing;

/// <summary>What this machine and this user can do, found by trying.</summary>
/// <param name="BpfRefusal">Why BPF does not work; null where it does.</param>
/// <param name="Hypervisor">Whether the processor says that it is virtual.</param>
/// <param name="PerfRefusal">Why perf events do not work either, where both and ptrace have been tried; null otherwise.</param>
public sealed record Capability(string? BpfRefusal, bool Hypervisor, string? PerfRefusal = null);

/// <summary>Backend, scope and guard of one watching.</summary>
/// <param name="Backend">bpf, perf or ptrace.</param>
/// <param name="Scope">cpu or task.</param>
/// <param name="Guard">Whether stray SIGTRAPs are swallowed.</param>
/// <param name="Notes">What the user should know of the choice.</param>
public sealed record BackendChoice(string Backend, string Scope, bool Guard, IReadOnlyList<string> Notes)
{
    /// <summary>A wish for the guard: none, for the programs' own libraries do its work.</summary>
    public const string ByLibraries = "library";

    /// <summary>The choice as a phrase.</summary>
    public string Describe() => $"backend {Backend}, scope {Scope}, guard {(Guard ? "on" : "off")}";

    /// <summary>Decides from the capability and the user's wishes ("auto" leaves it to us). No side effects.</summary>
    /// <exception cref="UserException">The wishes cannot be had together.</exception>
    /// <param name="capability">What there is.</param>
    /// <param name="backend">bpf, perf, ptrace or auto.</param>
    /// <param name="scope">cpu, task or auto.</param>
    /// <param name="guard">on, off, auto, or <see cref="ByLibraries"/>.</param>
    /// <param name="arises">Watches arm themselves: by BPF programs, and in the guard's hands.</param>
    public static BackendChoice Decide(Capability capability, string backend, string scope, string guard, bool arises = false)
    {
        List<string> notes = [];
        if (arises)
        {
            string? against = backend is "perf" or "ptrace" ? $"--backend {backend}" : scope == "cpu" ? "--scope cpu" : guard == "off" ? "--guard off"
                : capability.BpfRefusal is { } lacking ? $"this machine: {lacking}" : null;
            if (against is not null)
            {
                throw new UserException($"watches that arm themselves (--watch-local, --canary, --return-address, --alloc...) do not go with {against}; they take backend bpf, whose "
                    + "programs see the memory come to life, scope task, and the guard, which holds the thread while its debug registers are loaded");
            }

            (scope, guard) = ("task", "on");
        }

        if (backend == "bpf" && capability.BpfRefusal is { } refusal)
            throw new UserException($"--backend bpf: {refusal}; it takes root, or CAP_BPF and CAP_PERFMON");
        string chosen = backend != "auto" ? backend
            : capability.BpfRefusal is null ? "bpf"
            : capability.PerfRefusal is null ? "perf"
            : "ptrace";
        if (backend == "auto" && capability.BpfRefusal is { } why)
            notes.Add($"backend {chosen}, because BPF is refused: {why}{(chosen == "ptrace" ? $"; and perf events: {capability.PerfRefusal}" : "")}");
        if (chosen == "ptrace")
            return ByPtrace(scope, guard, notes);
        if (chosen == "perf" && scope == "cpu")
            throw new UserException("--scope cpu needs backend bpf, which tells the target's hits from everybody else's in the kernel");
        string reach = (chosen, scope) switch
        {
            ("perf", _) => "task",
            (_, "auto") => capability.Hypervisor ? "task" : "cpu",
            _ => scope,
        };
        bool guarded = guard == "auto" ? capability.Hypervisor : guard == "on";
        if (capability.Hypervisor && reach == "cpu")
        {
            notes.Add("scope cpu in a virtual machine: a stray SIGTRAP can kill another process that has the same virtual address; "
                + "scope task cannot harm it");
        }

        if (capability.Hypervisor && !guarded && guard != ByLibraries)
            notes.Add("guard off in a virtual machine: where it loses DR6, a stray SIGTRAP kills the target");
        return new BackendChoice(chosen, reach, guarded, notes);
    }

    /// <summary>There the guard is what takes the hits.</summary>
    private static BackendChoice ByPtrace(string scope, string guard, List<string> notes)
    {
        if (scope == "cpu")
            throw new UserException("--scope cpu needs backend bpf: ptrace(2) writes the debug registers of the target's threads, one by one");
        if (guard == "off")
            throw new UserException("--guard off does not go with backend ptrace: the guard is the tracer that takes the hits");
        notes.Add("backend ptrace stops the thread at each hit, for tens of microseconds or more");
        return new BackendChoice("ptrace", "task", Guard: true, notes);
    }
}
