// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What needs no hit: starting, reading symbols.</summary>
/// <param name="ground">What all contests stand on.</param>
/// <param name="large">A program with much debug information.</param>
/// <param name="huge">One with ten times as much; empty: none.</param>
public sealed class StartCost(Ground ground, string large, string huge)
{
    public const string True = "true (no program of ours)";

    /// <summary>The row of the one with half a gigabyte.</summary>
    public string CheckHuge => $"livewatcher check, {new FileInfo(huge).Length / 1e6:0} MB of program and debug information";

    public bool HasHuge => huge.Length > 0;

    /// <summary>ms.</summary>
    public IReadOnlyList<Row> Hold()
    {
        string small = ground.At("small.toml"), big = ground.At("large.toml");
        File.WriteAllText(small, "[[watch]]\nwatch = \"g_hot\"\n");
        File.WriteAllText(big, "[[watch]]\nwatch = \"g_large\"\n");
        return Contest.Hold("start", ground.Rounds * 3,
        [
            new(True, () => Timed("true")),
            new("livewatcher --version", () => Timed(ground.Livewatcher, "--version")),
            new("livewatcher run --help", () => Timed(ground.Livewatcher, "run", "--help")),
            new("the program that is watched below, by itself", () => Timed(ground.Program("hot"), ground.At("start.result"), "1", "1")),
            new("livewatcher run, armed, until it has ended", Run),
            new("livewatcher check, small program", () => Timed(ground.Livewatcher, "check", small, ground.Program("hot"))),
            new($"livewatcher check, {new FileInfo(large).Length / 1e6:0} MB of program and debug information", () => Timed(ground.Livewatcher, "check", big, large)),
            new("gdb, the same: print &g_large", () => Timed("gdb", "-batch", "-nx", "-ex", "print &g_large", large), AtMost: ground.Rounds),
        ]);
    }

    /// <summary>ms, with half a gigabyte of debug information.</summary>
    public IReadOnlyList<Row> HoldHuge()
    {
        string watches = ground.At("huge.toml");
        File.WriteAllText(watches, "[[watch]]\nwatch = \"g_large\"\n");
        return Contest.Hold("huge", ground.Rounds,
        [
            new(CheckHuge, () => Timed(ground.Livewatcher, "check", watches, huge)),
            new("gdb, the same: print &g_large", () => Timed("gdb", "-batch", "-nx", "-ex", "print &g_large", huge)),
        ]);
    }

    /// <summary>The most that livewatcher check has had, MiB.</summary>
    public double MemoryOfHuge() => Tool.RunForMemory(ground.Livewatcher, "check", ground.At("huge.toml"), huge).PeakMiB;

    private Outcome Run() => Timed(
        ground.Livewatcher,
        ["run", "--watch", "g_hot", .. ground.Arms, "--format", "json", "--output", ground.At("start.jsonl"), "--", ground.Program("hot"), ground.At("start.result"), "1", "1"]);

    private static Outcome Timed(string file, params string[] arguments) => new(Tool.Run(file, arguments).Time.TotalMilliseconds);
}
