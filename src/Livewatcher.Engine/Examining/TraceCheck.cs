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
        if (seen.TraceOwnChild is { } child)
        {
            return Conclusion.Fails(
                Name, Title, $"A tracer cannot even seize its own child: {child}; {Why(seen.Machine)}. So there is neither run nor a guard.", remedies.AllowTracing());
        }

        if (seen.TraceOther is { } other)
        {
            return Conclusion.Degraded(
                Name,
                Title,
                $"run can hold the program that it starts, but attach cannot hold one that runs already: {other}; {Why(seen.Machine)}. It can still watch without a guard.",
                [.. remedies.AllowTracing(), "livewatcher attach PID --watch EXPR --guard off"]);
        }

        string reach = seen.Machine.UserId == 0 || remedies.Has("CAP_SYS_PTRACE") ? "" : " Other users' processes take CAP_SYS_PTRACE.";
        return Conclusion.Works(Name, Title, $"A tracer can hold a program that it starts (run) and one that runs already (attach).{reach}");
    }

    private static string Why(MachineFacts machine) => machine.PtraceScope switch
    {
        1 => "kernel.yama.ptrace_scope is 1, which allows only descendants",
        2 => "kernel.yama.ptrace_scope is 2, which takes CAP_SYS_PTRACE",
        3 => "kernel.yama.ptrace_scope is 3, which forbids it to everybody until the next boot",
        _ => machine.Seccomp ? "a seccomp filter is on this process, as in most containers" : "a security module may forbid it",
    };
}
