// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>The options that say how registers are armed and hits are recorded, defined once.</summary>
internal sealed class BackendOptions
{
    private readonly Option<string> backend = Choices.Of(
        "--backend", "How to arm: BPF programs, perf rings, ptrace (stops the thread at each hit), or what works (auto).", "auto", "bpf", "perf", "ptrace");

    private readonly Option<string> scope = Choices.Of(
        "--scope", "cpu: every CPU's registers, filtered by process; task: the target's threads only; auto: cpu, in a virtual machine task.",
        "auto", "cpu", "task");

    private readonly Option<string> guard = Choices.Of(
        "--guard", "Trace the target so that a virtual machine's stray SIGTRAPs become hits instead of killing it. auto: on in a virtual machine.",
        "auto", "on", "off");

    private readonly Option<string> trial = Choices.Of(
        "--trial", "Try beforehand whether this machine's debug registers trap, and refuse to watch where they do not. off: arm them all the same, "
            + "which shows what watching costs; the coverage statement says then that no hits prove nothing.",
        "on", "off");

    private readonly Option<int> stackBytes = new("--stack-bytes")
    {
        Description = "User stack to copy at each hit, up to 16384; less is faster and cuts deep stacks.",
        DefaultValueFactory = _ => 16384,
        HelpName = "N",
    };

    private readonly Option<string> ring = new("--ring")
    {
        Description = "Size of the kernel's buffer of hits, a power of two: 16M, 64M.",
        DefaultValueFactory = _ => "16M",
        HelpName = "SIZE",
    };

    private readonly DebuginfodOption debuginfod = new();

    private readonly Option<string?> audit = new("--audit")
    {
        Description = "Compare watched memory with the last value seen as often as that, for writes that no register has seen: 3ms to 1m. Without it each 3 ms, and each 24 while nothing has happened for a tenth of a second.",
        HelpName = "TIME",
    };

    private readonly FloodOptions flood = new();

    internal Option<string> Backend => backend;

    internal Option<string> Guard => guard;

    /// <summary>How registers are armed.</summary>
    internal IEnumerable<Option> Arming => [backend, scope, guard, trial];

    /// <summary>What is recorded of a hit.</summary>
    internal IEnumerable<Option> Capture => [stackBytes, ring, .. flood.All, audit, debuginfod.Option];

    /// <exception cref="UserException">A value makes no sense.</exception>
    internal WatchSettings Read(ParseResult parsed) => ReadWithoutScope(parsed) with { Scope = parsed.GetValue(scope)!, IsTried = parsed.GetValue(trial) == "on" };

    /// <summary>For who serves many processes at a time, four registers each: the scope is task.</summary>
    /// <exception cref="UserException">A value makes no sense.</exception>
    internal WatchSettings ReadWithoutScope(ParseResult parsed)
    {
        int stack = parsed.GetValue(stackBytes);
        if (stack is < 0 or > 16384)
            throw new UserException($"--stack-bytes {stack}: 0 to 16384");
        return new WatchSettings
        {
            Backend = parsed.GetValue(backend)!,
            Scope = "task",
            Guard = parsed.GetValue(guard)!,
            StackBytes = stack & ~7,
            RingBytes = Quantities.ParseRing(parsed.GetValue(ring)!),
            Servers = debuginfod.Read(parsed),
            Flood = flood.Read(parsed),
            AuditInterval = ReadAudit(parsed.GetValue(audit)),
        };
    }

    /// <summary>The drain comes every 3 ms, and the audit after it.</summary>
    /// <returns>Zero where nobody has asked for an interval.</returns>
    private static TimeSpan ReadAudit(string? text)
    {
        if (text is null)
            return TimeSpan.Zero;
        TimeSpan interval = Quantities.ParseTime(text, "--audit");
        return interval.TotalMilliseconds is >= 3 and <= 60_000 ? interval : throw new UserException($"--audit {text}: 3ms to 1m");
    }
}
