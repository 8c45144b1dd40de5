// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What needs no hit: starting, reading symbols, writing and reading recordings.</summary>
public sealed class StartCost(Ground ground, string load, string large)
{
    public const string True = "true (no program of ours)";

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
            new("livewatcher check, small program", () => Timed(ground.Livewatcher, "check", small, ground.Program("hot"))),
            new($"livewatcher check, {new FileInfo(large).Length / 1e6:0} MB of program and debug information", () => Timed(ground.Livewatcher, "check", big, large)),
            new("gdb, the same: print &g_large", () => Timed("gdb", "-batch", "-nx", "-ex", "print &g_large", large)),
        ]);
    }

    /// <summary>Hits 10^3 to 10^6 (quick: 10^5): microseconds a hit to write a recording as fast as it goes, and to summarise it.</summary>
    public IReadOnlyList<(long Hits, Sample Write, Sample Summary, double BytesEach)> HoldGrowth()
    {
        List<(long, Sample, Sample, double)> rows = [];
        string file = ground.At("growth.lwr");
        for (long hits = 1000; hits <= (ground.Quick ? 100_000 : 1_000_000); hits *= 10)
        {
            Sample write = new(), summary = new();
            double bytes = 0;
            for (int round = 1; round <= ground.Rounds; round++)
            {
                Console.Error.WriteLine($"growth: {hits:N0} hits, round {round} of {ground.Rounds}");
                write.Add(Tool.Run(load, file, Ground.Invariant(hits), "0").Time.TotalMicroseconds / hits);
                bytes = new FileInfo(file).Length / (double)hits;
                summary.Add(Tool.Run(ground.Livewatcher, "report", file).Time.TotalMicroseconds / hits);
                File.Delete(file);
            }

            rows.Add((hits, write, summary, bytes));
        }

        return rows;
    }

    private static Outcome Timed(string file, params string[] arguments) => new(Tool.Run(file, arguments).Time.TotalMilliseconds);
}
