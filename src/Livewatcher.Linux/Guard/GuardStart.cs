// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Perf;
using Livewatcher.Linux.Ptrace;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Guard;

/// <summary>Starts a guard that fits a source.</summary>
public static unsafe class GuardStart
{
    /// <param name="source">Whose programs or rings the guard's events feed; or which the guard itself feeds.</param>
    /// <param name="followFork">Whether children are traced and armed too.</param>
    /// <param name="stackBytes">Of user stack, for recovered hits.</param>
    /// <param name="launch">A program to start, held at its exec; null to attach later.</param>
    /// <exception cref="UserException">It cannot be started.</exception>
    public static (GuardTracer Tracer, ProcessId Started) For(IHitSource source, bool followFork, int stackBytes, LaunchRequest? launch)
    {
        GuardConfig config = new()
        {
            Targets = -1,
            FollowFork = followFork ? 1 : 0,
            StackBytes = (uint)stackBytes,
        };
        for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
            config.Programs[slot] = -1;
        if (source is BpfHitSource { Program: var program })
        {
            config.Slots = (nint)program.SlotStates;
            config.Targets = program.TargetsDescriptor;
            config.Arisings = (nint)program.Arisings;
            config.Instances = (nint)program.Instances;
            for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
                config.Programs[slot] = program.SlotPrograms[slot];
        }

        if (source is PerfHitSource perf)
            perf.FillGuardConfig(ref config);
        if (source is not PtraceHitSource traps)
            return GuardTracer.Start(config, launch, traps: null);
        traps.FillGuardConfig(ref config);
        return GuardTracer.Start(config, launch, traps);
    }
}
