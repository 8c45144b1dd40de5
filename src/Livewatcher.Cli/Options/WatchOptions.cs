// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>Everything that run and attach have in common, parsed.</summary>
internal sealed record WatchSettings(
    IReadOnlyList<WatchRequest> Requests, string Backend, string Scope, string Guard, bool FollowFork, bool FollowExec,
    TimeSpan? For, long? MaxHits, int StackBytes, int RingBytes, bool Debuginfod, OutputSettings Output);

/// <summary>How to show what was found.</summary>
internal sealed record OutputSettings(string Format, string? File, string Color, bool Source);

/// <summary>The options of run and attach, defined once.</summary>
internal sealed class WatchOptions
{
    private readonly Option<string[]> watch = new("--watch", "-w")
    {
        Description = "Report writes to what this C/C++ expression names: 'g_table[3].refcnt', 'p->q', 'file.c::x', "
            + "'*(long*)0x7f12a0', '0x7f12a0:8', 'tls_var@THREAD'. Repeatable.",
        HelpName = "EXPR",
    };

    private readonly Option<string[]> awatch = new("--awatch", "-a")
    {
        Description = "Report reads and writes (x86 has no register for reads alone). Repeatable.",
        HelpName = "EXPR",
    };

    private readonly Option<string[]> hbreak = new("--hbreak", "-b")
    {
        Description = "Report executions of a function, FILE:LINE or address, by a debug register. Repeatable.",
        HelpName = "LOCATION",
    };

    private readonly Option<int?> length = new("--len") { Description = "Bytes to watch, where the type's own length is not meant.", HelpName = "N" };

    private readonly Option<string> backend = Choice("--backend", "How to arm: BPF programs, perf rings, ptrace (stops the thread at each hit), or what works (auto).", "auto", "bpf", "perf",
        "ptrace");

    private readonly Option<string> scope = Choice(
        "--scope", "cpu: every CPU's registers, filtered by process; task: the target's threads only; auto: cpu, in a virtual machine task.",
        "auto", "cpu", "task");

    private readonly Option<string> guard = Choice(
        "--guard", "Trace the target so that a virtual machine's stray SIGTRAPs become hits instead of killing it. auto: on in a virtual machine.",
        "auto", "on", "off");

    private readonly Option<bool> followFork = new("--follow-fork") { Description = "Watch children too, from their first instruction." };

    private readonly Option<bool> followExec = new("--follow-exec") { Description = "When the target executes another program, resolve the expressions there." };

    private readonly Option<string?> duration = new("--for") { Description = "End after this time: 30s, 500ms, 5m, 2h.", HelpName = "TIME" };

    private readonly Option<long?> maxHits = new("--max-hits") { Description = "End after this many hits.", HelpName = "N" };

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

    private readonly Option<bool> debuginfod = new("--debuginfod") { Description = "Ask the servers of DEBUGINFOD_URLS for missing debug information." };

    private readonly Option<string> format = Choice("--format", "text for people, json: one object a line (docs/json.md).", "text", "json");

    private readonly Option<string?> output = new("--output", "-o") { Description = "Write there instead of to the terminal.", HelpName = "FILE" };

    private readonly Option<string> color = Choice("--color", "When to colour.", "auto", "always", "never");

    private readonly Option<bool> source = new("--source") { Description = "Show the source line of each hit with its neighbours." };

    internal void AddTo(Command command)
    {
        foreach (Option option in (Option[])[watch, awatch, hbreak, length, backend, scope, guard, followFork, followExec, duration,
            maxHits, stackBytes, ring, debuginfod, format, output, color, source])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    internal WatchSettings Read(ParseResult parsed)
    {
        int? bytes = parsed.GetValue(length);
        if (bytes is < 1 or > 32)
            throw new UserException($"--len {bytes}: four debug registers cover 1 to 32 bytes");
        List<WatchRequest> requests =
        [
            .. (parsed.GetValue(watch) ?? []).Select(text => new WatchRequest(text, AccessMode.Write, bytes)),
            .. (parsed.GetValue(awatch) ?? []).Select(text => new WatchRequest(text, AccessMode.Access, bytes)),
            .. (parsed.GetValue(hbreak) ?? []).Select(text => new WatchRequest(text, AccessMode.Execute)),
        ];
        if (requests.Count == 0)
            throw new UserException("nothing to watch: give --watch EXPR, --awatch EXPR or --hbreak LOCATION");
        int stack = parsed.GetValue(stackBytes);
        if (stack is < 0 or > 16384)
            throw new UserException($"--stack-bytes {stack}: 0 to 16384");
        long? hits = parsed.GetValue(maxHits);
        if (hits is < 1)
            throw new UserException($"--max-hits {hits}: at least 1");
        return new WatchSettings(
            requests, parsed.GetValue(backend)!, parsed.GetValue(scope)!, parsed.GetValue(guard)!, parsed.GetValue(followFork),
            parsed.GetValue(followExec), parsed.GetValue(duration) is { } time ? Quantities.ParseTime(time) : null, hits, stack & ~7,
            Quantities.ParseRing(parsed.GetValue(ring)!), parsed.GetValue(debuginfod),
            new OutputSettings(parsed.GetValue(format)!, parsed.GetValue(output), parsed.GetValue(color)!, parsed.GetValue(source)));
    }

    private static Option<string> Choice(string name, string description, params string[] values)
    {
        Option<string> option = new(name) { Description = description, DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
