// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What the BPF program takes for a hit on this processor, by the kernel's own account of it (kernel.bpf_stats_enabled). Where debug registers do not trap, a page
/// fault takes the breakpoint's place (programs/standin.c); all that follows an event is as ever.</summary>
public sealed class ProgramCost(Ground ground, Trigger trigger)
{
    private const string Switch = "/proc/sys/kernel/bpf_stats_enabled";

    private readonly string output = ground.At("faults.jsonl");

    public int Writes { get; } = ground.Amount(20_000, 2_000);

    public const string Filtered = "filtered out (--if 'new < 0')";

    public const string Whole = "16 KiB of stack";

    /// <summary>Of a stand-in.</summary>
    public Contestant TheLook => new HitCost(ground, trigger).TheLook;

    /// <summary>ns a hit.</summary>
    public IReadOnlyList<Row> Hold(IReadOnlyList<Contestant> beside)
    {
        string before = File.ReadAllText(Switch);
        try
        {
            File.WriteAllText(Switch, "1");
            return Contest.Hold("BPF program", ground.Rounds,
            [
                .. beside,
                new(Filtered, () => Watch("--if", "new < 0")),
                new("no stack", () => Watch("--stack-bytes", "0")),
                new("4 KiB of stack", () => Watch("--stack-bytes", "4096")),
                new(Whole, () => Watch()),
                .. trigger.Preloaded is null ? [new Contestant("16 KiB of stack, from calls that are as deep", () => Watch(Trigger.DeepThread, []))] : Array.Empty<Contestant>(),
            ]);
        }
        finally
        {
            File.WriteAllText(Switch, before);
        }
    }

    private Outcome Watch(params string[] options) => Watch(Trigger.OneThread, options);

    private Outcome Watch(IReadOnlyList<string> threads, string[] options)
    {
        using Process process = Tool.Start(
            ground.Livewatcher, trigger.Run(ground, ["--format", "json", "--output", output, .. options], trigger.Words(ground.At("faults.result"), Writes, threads)), trigger.Preloaded);
        (long runs, long ns) = (0, 0);
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)))
        {
            if (Busiest(process.Id) is var now && now.Runs > runs)
                (runs, ns) = now;
        }

        (long counted, _) = Ground.CountsIn(File.ReadLines(output));
        // Its own starting, say, is page faults too; they are filtered, but for a fraction of the time.
        return runs >= Writes / 2 ? new Outcome((double)ns / runs, Writes, counted) : throw new MeasuringException($"the kernel has told of {runs} runs of the BPF program for {Writes} hits");
    }

    /// <summary>Of the programs that a process holds open: how often it has run, and how long altogether. (bpf_prog_show_fdinfo, kernel/bpf/syscall.c)</summary>
    private static (long Runs, long Nanoseconds) Busiest(int process)
    {
        (long Runs, long Nanoseconds) busiest = default;
        try
        {
            foreach (string file in Directory.EnumerateFiles($"/proc/{process}/fdinfo"))
            {
                string[] lines = File.ReadAllLines(file);
                if (NumberIn(lines, "run_cnt:") is { } runs && runs > busiest.Runs)
                    busiest = (runs, NumberIn(lines, "run_time_ns:") ?? 0);
            }
        }
        catch (IOException)
        {
            // It ends, or has closed one.
        }

        return busiest;
    }

    private static long? NumberIn(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line ? long.Parse(line[name.Length..].Trim(), CultureInfo.InvariantCulture) : null;
}
