// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>ptrace(2), the two ways in which we need it, and process_vm_readv(2).</summary>
internal static class TraceTrials
{
    private const string What = "ptrace(PTRACE_SEIZE)";

    /// <summary>As run does: the tracer has forked its tracee.</summary>
    internal static Refusal? OwnChild(ProbeTarget probe)
    {
        int errno = 0;
        return Refusals.Try(What, () =>
            {
                probe.Do(ProbeTarget.Few(ProbeKind.LW_PROBE_TRACE, 1, patienceMilliseconds: 500));
                errno = probe.Error;
            })
            ?? Refusals.Of(What, errno);
    }

    /// <summary>As attach does: the guard itself, on a process of the same user that it has not started.</summary>
    internal static Refusal? Other(ProbeTarget probe)
    {
        int errno = 0;
        return Refusals.Try(What, () => errno = Seize(probe.Process)) ?? Refusals.Of(What, errno);
    }

    /// <summary>As backend ptrace does: a child's debug registers, written by its tracer.</summary>
    internal static CountTrial Pokes(ProbeTarget probe)
    {
        const string Poking = "ptrace(PTRACE_POKEUSER) of a debug register";
        const int Few = 16;
        int errno = 0;
        Refusal? refusal = Refusals.Try(Poking, () =>
            {
                probe.Do(ProbeTarget.Few(ProbeKind.LW_PROBE_POKE, Few, patienceMilliseconds: 500));
                errno = probe.Error;
            })
            ?? Refusals.Of(Poking, errno);
        return refusal is not null ? new CountTrial(refusal, 0, 0, 0) : new CountTrial(null, probe.Writes, probe.OtherTraps, probe.Strays);
    }

    /// <summary>As attach does, guard or not.</summary>
    internal static Refusal? ReadOther(ProbeTarget probe) =>
        Refusals.Of("process_vm_readv(2)", ProbeNative.Peek(probe.Process.Value, probe.Word.Address.Value));

    private static int Seize(ProcessId process)
    {
        GuardConfig config = new() { Targets = -1 };
        for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
            config.Programs[slot] = -1;
        (GuardTracer guard, _) = GuardTracer.Start(config, launch: null, traps: null);
        using (guard)
        {
            try
            {
                guard.Attach(process);
                return 0;
            }
            catch (TraceRefusedException e)
            {
                return e.Errno;
            }
            finally
            {
                // Refused or not: a guard that is left without this word waits for our own end before it lets go.
                guard.Detach();
            }
        }
    }
}
