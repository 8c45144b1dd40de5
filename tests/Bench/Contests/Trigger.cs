// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Bench.Contests;

/// <summary>What makes an event of each write: a debug register, or, where those do not trap, a page fault in its place.</summary>
/// <param name="Program">The measured program: its first arguments are a file for its result and the number of writes.</param>
/// <param name="Watch">What livewatcher watches.</param>
/// <param name="PerfEvent">For perf record -e.</param>
/// <param name="Probe">For bpftrace, with its filter.</param>
/// <param name="Options">Further ones of livewatcher.</param>
/// <param name="Preloaded">A library for LD_PRELOAD of livewatcher; null: none.</param>
public sealed record Trigger(string Program, string Watch, string PerfEvent, string Probe, IReadOnlyList<string> Options, string? Preloaded)
{
    /// <summary>Words for livewatcher, which runs the program.</summary>
    /// <param name="ground">What all contests stand on.</param>
    /// <param name="options">Besides <see cref="Options"/>, and without livewatcher's limits.</param>
    /// <param name="words">The program's.</param>
    public string[] Run(Ground ground, IEnumerable<string> options, IEnumerable<string> words) =>
        ["run", "--watch", Watch, .. Options, .. Ground.Unlimited, .. options, "--", ground.Program(Program), .. words];

    /// <summary>How many threads of <see cref="Program"/> write, and how deep their stacks are.</summary>
    public static IReadOnlyList<string> OneThread { get; } = ["1"];

    /// <inheritdoc cref="OneThread"/>
    public static IReadOnlyList<string> DeepThread { get; } = ["1", "16384"];

    /// <summary>Words for the program; a stand-in has one thread, whatever is asked for.</summary>
    public string[] Words(string result, int writes, IReadOnlyList<string> threads) => [result, Ground.Invariant(writes), .. Preloaded is null ? threads : []];

    /// <summary>A write to g_hot is a hit.</summary>
    public static Trigger Hit(Ground ground)
    {
        string address = ground.AddressOf("hot", "g_hot");
        return new("hot", "g_hot", $"mem:0x{address}/8:w", $"watchpoint:0x{address}:8:w", [], null);
    }

    /// <summary>A write to g_hot[0] is a page fault, and livewatcher is given page faults where it asks for a breakpoint (programs/standin.c).</summary>
    public static Trigger StandIn(Ground ground) => new(
        "faults", "g_hot[0]", "minor-faults", "software:minor-faults:1 /pid == cpid/", ["--scope", "task", "--guard", "on", "--trial", "off"], ground.Program("standin.so"));
}
