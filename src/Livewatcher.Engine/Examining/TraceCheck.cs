// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>ptrace(2): run needs it to start its program, the guard to hold a process that runs.</summary>
internal static class TraceCheck
{
    private const string Name = "ptrace";
    private const string Title = "ptrace";

    internal static Check Of(Observations seen, Remedies remedies)
    {
        string why = Why(seen.Machine);
        if (seen.TraceOwnChild is { } child)
        {
            string left = seen.ReadOther is { } unread ? $"Nor can another process's memory be read: {unread}. So there is neither run nor attach." : "So there is neither run nor a guard.";
            return Conclusion.Fails(Name, Title, $"A tracer cannot even seize its own child: {child}; {why}. {left}", Remedy(seen, remedies));
        }

        if (seen.ReadOther is { } other)
        {
            return Conclusion.Degraded(
                Name, Title, $"run can hold and read the program that it starts; attach cannot read one that runs already: {other}; {why}.", Remedy(seen, remedies));
        }

        if (seen.TraceOther is { } tracer)
        {
            return Conclusion.Degraded(
                Name, Title, $"run can hold the program that it starts; attach cannot hold one that runs already, but watch it without a guard: {tracer}; {why}.", Remedy(seen, remedies));
        }

        string reach = seen.Machine.UserId == 0 || remedies.Has("CAP_SYS_PTRACE") ? "" : " Other users' processes take CAP_SYS_PTRACE.";
        return Conclusion.Works(Name, Title, $"A tracer can hold a program that it starts (run) and one that runs already (attach).{reach}{OwnBackend(seen)}");
    }

    private static string OwnBackend(Observations seen) => seen.Pokes switch
    {
        null => "",
        { Refusal: { } refusal } => $" Backend ptrace is not to be had: {refusal}.",
        { Counted: > 0 } => " It can set debug registers too, so backend ptrace is to be had; it stops the thread at each hit.",
        _ => " Backend ptrace is not to be had: the debug registers that it sets do not trap.",
    };

    private static IReadOnlyList<string> Remedy(Observations seen, Remedies remedies) =>
        seen.ReadOther is null ? [.. remedies.AllowTracing(), "livewatcher attach PID --watch EXPR --guard off"] : remedies.AllowTracing();

    private static string Why(MachineFacts machine) => machine.PtraceScope switch
    {
        1 => "kernel.yama.ptrace_scope is 1, which allows only descendants",
        2 => "kernel.yama.ptrace_scope is 2, which takes CAP_SYS_PTRACE",
        3 => "kernel.yama.ptrace_scope is 3, which forbids it to everybody until the next boot",
        _ => machine.Seccomp ? "a seccomp filter is on this process, as in most containers" : "a security module may forbid it",
    };
}
