// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>A recording of so many hits and stacks.</summary>
/// <param name="Hits">Hits.</param>
/// <param name="Stacks">Distinct ones.</param>
public sealed record Recorded(long Hits, int Stacks)
{
    /// <summary>Written as fast as it goes, s.</summary>
    public Sample Write { get; } = new();

    /// <summary>livewatcher report, s.</summary>
    public Sample Summary { get; } = new();

    /// <summary>The most that the report has had, MiB.</summary>
    public Sample Memory { get; } = new();

    /// <summary>Bytes a hit in the file.</summary>
    public double BytesEach { get; set; }
}

/// <summary>Made-up hits, as fast as the recorder takes them, and the summary of the file.</summary>
public sealed class RecordingCost(Ground ground, string load)
{
    private const long Most = 1_000_000;

    /// <summary>More and more hits with 32 stacks; the longest take a minute, so they have one round.</summary>
    public IReadOnlyList<Recorded> HoldHits()
    {
        Recorded[] rows = [.. Ground.Decades(1000, 100_000).Select(hits => new Recorded(hits, 32))];
        return [.. Hold("recordings of hits", rows), .. ground.Quick ? [] : Hold("recordings of hits", [new Recorded(Most, 32), new Recorded(10 * Most, 32)], rounds: 1)];
    }

    /// <summary>As many hits, with more and more stacks; last of all, unless it shall be quick, those of the bar: a million with a hundred.</summary>
    public IReadOnlyList<Recorded> HoldStacks()
    {
        List<Recorded> rows = [];
        for (int stacks = 1; stacks <= (ground.Quick ? 10_000 : 100_000); stacks *= stacks == 1 ? 100 : 10)
            rows.Add(new Recorded(100_000, stacks));
        if (!ground.Quick)
            rows.Add(new Recorded(Most, 100));
        return Hold("recordings of stacks", rows);
    }

    private IReadOnlyList<Recorded> Hold(string name, IReadOnlyList<Recorded> rows, int? rounds = null)
    {
        string file = ground.At("growth.lwr");
        int last = rounds ?? ground.CurveRounds;
        for (int round = 1; round <= last; round++)
        {
            foreach (Recorded row in rows)
            {
                Progress.Say($"{name}: round {round} of {last}: {row.Hits:N0} hits, {row.Stacks:N0} stacks");
                row.Write.Add(Tool.Run(load, file, Ground.Invariant(row.Hits), "0", "--stacks", Ground.Invariant(row.Stacks)).Time.TotalSeconds);
                row.BytesEach = new FileInfo(file).Length / (double)row.Hits;
                (Finished report, double peak) = Tool.RunForMemory(ground.Livewatcher, "report", file);
                if (!report.Output.Contains($"{row.Hits:N0}", StringComparison.Ordinal))
                    throw new MeasuringException($"the report says nothing of {row.Hits:N0} hits");
                row.Summary.Add(report.Time.TotalSeconds);
                row.Memory.Add(peak);
                File.Delete(file);
            }
        }

        return rows;
    }
}
