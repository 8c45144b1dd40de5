// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What watching costs a program that never touches what is watched.</summary>
public sealed class IdleCost(Ground ground)
{
    public const string Alone = "not watched";

    public const string Floor = "four counting-only events (the floor)";

    /// <summary>What it differs by from the floor is what the machine cannot tell.</summary>
    public const string FloorAgain = "the floor once more";

    /// <summary>Where every thread of the machine runs with them, and none is switched.</summary>
    public const string FloorOfCpus = "four counting-only events on each processor (scope cpu's floor)";

    /// <summary>As on real hardware.</summary>
    public const string Watched = "four watches, scope cpu, guard off";

    /// <summary>As in a virtual machine.</summary>
    public const string Guarded = "four watches, scope task, guard on";

    public static IReadOnlyList<string> FourWatches { get; } = [.. Enumerable.Range(0, 4).SelectMany(i => new[] { "--watch", $"g_cold[{i}]" })];

    /// <summary>Kinds of work, and how much of it.</summary>
    public static IReadOnlyList<(string Kind, string Words, int Usually, int Emulated)> Work { get; } =
    [
        ("compute", "arithmetic", 40_000_000, 20_000_000),
        ("call", "system calls", 300_000, 100_000),
        ("copy", "copies of 16 KiB", 10_000, 10_000),
        ("switch", "a byte to and fro between two threads", 7_500, 4_000),
        ("thread", "threads that come and go", 800, 400),
    ];

    /// <summary>One in a hundred is looked for on a machine that is not as steady as that: more rounds, and shorter ones. With as many each contestant has some that nothing has disturbed.</summary>
    public static int RoundsOf(Ground ground) => ground.Quick ? ground.Rounds : ground.Rounds * 4;

    public IReadOnlyList<Row> Hold(string kind, int usually, int emulated)
    {
        string rounds = Ground.Invariant(ground.Amount(usually, emulated));
        return Contest.Hold($"no hit, {kind}", RoundsOf(ground),
        [
            new(Alone, () => Run(ground.Program("idle"), [ground.At("idle.result"), kind, rounds])),
            new(Floor, () => Count("task", kind, rounds)),
            new(FloorAgain, () => Count("task", kind, rounds)),
            new(FloorOfCpus, () => Count("cpu", kind, rounds)),
            new(Watched, () => Watch(kind, rounds, [.. FourWatches, "--scope", "cpu", "--guard", "off"])),
            new(Guarded, () => Watch(kind, rounds, [.. FourWatches, "--scope", "task", "--guard", "on"])),
            new("four watches, scope task, guard off", () => Watch(kind, rounds, [.. FourWatches, "--scope", "task", "--guard", "off"]), AtMost: ground.Rounds),
            new("valgrind's memcheck", () => Run("valgrind", ["-q", ground.Program("idle"), ground.At("idle.result"), kind, Ground.Invariant(ground.Amount(usually, emulated) / 20)]), AtMost: 3),
        ]);
    }

    /// <summary>What the kernel takes for debug registers that are switched with each thread, or set on each processor, without any tool.</summary>
    private Outcome Count(string scope, string kind, string rounds)
    {
        ulong first = ulong.Parse(ground.AddressOf("idle", "g_cold"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        string addresses = string.Join(',', Enumerable.Range(0, 4).Select(i => (first + (8 * (ulong)i)).ToString("x", CultureInfo.InvariantCulture)));
        return Run(ground.Program("floor"), [ground.At("floor.result"), scope, addresses, ground.Program("idle"), ground.At("idle.result"), kind, rounds]);
    }

    private Outcome Watch(string kind, string rounds, string[] options)
    {
        string output = ground.At("idle.jsonl");
        Outcome own = Run(ground.Livewatcher, ["run", "--format", "json", "--output", output, .. ground.Arms, .. options, "--", ground.Program("idle"), ground.At("idle.result"), kind, rounds]);
        (long counted, _) = Ground.CountsIn(File.ReadLines(output));
        return counted == 0 ? own : throw new MeasuringException($"{counted} hits where there are none");
    }

    private Outcome Run(string file, string[] arguments)
    {
        Tool.Run(file, arguments);
        (double ns, double[] slices) = Tool.SlicedResultIn(ground.At("idle.result"));
        return new Outcome(ns) { Slices = slices };
    }
}
