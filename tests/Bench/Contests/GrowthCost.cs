// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What becomes of the cost of a hit, and of livewatcher's memory, with more hits, stacks and processes. Hits are counted against the program's
/// own count.</summary>
public sealed class GrowthCost(Ground ground)
{
    public const string OneHit = "one hit";

    private static readonly string[] FewStackBytes = ["--stack-bytes", "1024"];

    private static readonly int[] Families = [1, 10, 50, 200];

    private readonly string result = ground.At("growth.result");
    private readonly string output = ground.At("growth.jsonl");

    /// <summary>Hits of which one round must do: it takes minutes.</summary>
    private int Many => ground.IsEmulated ? 100_000 : 1_000_000;

    private int Most => ground.Quick ? 100_000 : ground.Amount(10_000_000, 1_000_000);

    /// <summary>Of the contests of stacks and processes.</summary>
    public int Writes { get; } = ground.Amount(100_000, 4_000);

    public static string HitsName(int hits) => $"{hits:N0} hits";

    public static string StacksName(int distinct) => $"{distinct:N0} distinct stacks";

    public static string ProcessesName(int processes) => $"{processes:N0} processes";

    /// <summary>us of the program a hit.</summary>
    public IReadOnlyList<Row> HoldHits()
    {
        IEnumerable<int> all = Ground.Decades(1000, Most);
        return [.. Hold(ground.CurveRounds, all.Where(hits => hits < Many)), .. Hold(1, all.Where(hits => hits >= Many))];

        IReadOnlyList<Row> Hold(int rounds, IEnumerable<int> counts) => Contest.Hold("growth of hits", rounds,
            [.. counts.Select(hits => new Contestant(HitsName(hits), () => Watch(wholeRun: false, FewStackBytes, "hot", hits, 1)))]);
    }

    /// <summary>ms of the whole run; the first row is its start and end.</summary>
    public IReadOnlyList<Row> HoldStacks() => Contest.Hold("growth of stacks", ground.CurveRounds,
    [
        new(OneHit, () => Watch(wholeRun: true, [], "stacks", 1, 1)),
        .. Ground.Decades(1, Math.Min(Writes, 100_000)).Select(distinct => new Contestant(StacksName(distinct), () => Watch(wholeRun: true, [], "stacks", Writes, distinct))),
    ]);

    /// <summary>us of the program a hit.</summary>
    public IReadOnlyList<Row> HoldProcesses() => Contest.Hold("growth of processes", ground.CurveRounds,
        [.. Families.Select(processes => new Contestant(
            ProcessesName(processes), () => Watch(wholeRun: false, ["--follow-fork", .. FewStackBytes], "family", Writes, processes)))]);

    private Outcome Watch(bool wholeRun, string[] options, string program, int writes, int second)
    {
        (Finished finished, double peak) = Tool.RunForMemory(
            Tool.OwnMemory,
            ground.Livewatcher,
            [
                "run", "--watch", "g_hot", .. Ground.Unlimited, .. Ground.LargeRing, "--format", "json", "--output", output, .. options, "--",
                ground.Program(program), result, Ground.Invariant(writes), Ground.Invariant(second),
            ]);
        (long done, double ns) = Tool.ResultIn(result);
        (_, long recorded) = Ground.CountsIn(File.ReadLines(output));
        File.Delete(output);
        return new Outcome(wholeRun ? finished.Time.TotalMilliseconds : ns / 1000 / done, done, recorded, peak);
    }
}
