// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What a hit costs the thread that writes: a program that does nothing but write one word, under each of the tools.</summary>
public sealed class HitCost(Ground ground)
{
    public const string Floor = "counting-only event (the floor)";

    private readonly string address = ground.AddressOf("hot", "g_hot");
    private readonly string result = ground.At("hot.result");
    private readonly string output = ground.At("hot.jsonl");
    private readonly string recording = ground.At("hot.lwr");
    private readonly string data = ground.At("perf.data");

    /// <summary>Writes of one run; of tools that stop the thread at each hit, a fiftieth.</summary>
    public int Writes { get; } = ground.Amount(200_000, 4_000);

    public int FewWrites => Math.Max(20, Writes / 50);

    /// <summary>One thread.</summary>
    public IReadOnlyList<Row> Hold() => Contest.Hold("cost of a hit", ground.Rounds,
    [
        new("not watched", Alone),
        new(Floor, CountOnly),
        new("livewatcher, filtered out (--if 'new < 0')", () => Livewatcher(Writes, "--if", "new < 0")),
        new("livewatcher, no stack, JSON", () => Livewatcher(Writes, "--stack-bytes", "0")),
        new("livewatcher, 4 KiB of stack, JSON", () => Livewatcher(Writes, "--stack-bytes", "4096")),
        new("livewatcher, 16 KiB of stack, JSON", () => Livewatcher(Writes)),
        new("livewatcher, 16 KiB of stack, text", Text),
        new("livewatcher, 16 KiB of stack, text and recording", () => Recorded()),
        new("livewatcher --backend perf", () => Livewatcher(Writes, "--backend", "perf")),
        new("livewatcher --backend ptrace", () => Livewatcher(FewWrites, "--backend", "ptrace")),
        new("perf record", () => PerfRecord()),
        new("perf record --call-graph fp", () => PerfRecord("--call-graph", "fp")),
        new("perf record --call-graph dwarf,16384", () => PerfRecord("--call-graph", "dwarf,16384")),
        new("bpftrace, count()", () => Bpftrace("@hits = count();")),
        new("bpftrace, count by ustack", () => Bpftrace("@hits = count(); @stacks[ustack] = count();")),
        new("gdb, watch with a false condition", () => Gdb("watch g_hot if g_hot < 0", commands: false)),
        new("gdb, watch with commands (bt)", () => Gdb("watch g_hot", commands: true)),
    ]);

    /// <summary>As fast as four threads can write, on as many processors as there are: who loses hits?</summary>
    public IReadOnlyList<Row> HoldFlood() => Contest.Hold("four threads", ground.Rounds,
    [
        new(Floor, () => CountOnly(Writes / 4, 4)),
        new("livewatcher, filtered out (--if 'new < 0')", () => Livewatcher(Writes / 4, 4, ["--if", "new < 0"])),
        new("livewatcher, 16 KiB of stack, JSON", () => Livewatcher(Writes / 4, 4, [])),
        new("perf record --call-graph dwarf,16384", () => PerfRecord(Writes / 4, 4, ["--call-graph", "dwarf,16384"])),
        new("bpftrace, count()", () => Bpftrace("@hits = count();", Writes / 4, 4)),
    ]);

    private string[] Hot(int writes, int threads = 1) => [result, Ground.Invariant(writes), Ground.Invariant(threads)];

    /// <summary>What the program that has just ended says of itself.</summary>
    private Outcome Own(long? counted)
    {
        (long done, double ns) = Tool.ResultIn(result);
        return new Outcome(ns / done, done, counted);
    }

    private Outcome Alone()
    {
        Tool.Run(ground.Program("hot"), Hot(Writes));
        return Own(null);
    }

    private Outcome CountOnly() => CountOnly(Writes, 1);

    private Outcome CountOnly(int writes, int threads)
    {
        string count = ground.At("floor.result");
        Tool.Run(ground.Program("floor"), [count, address, ground.Program("hot"), .. Hot(writes, threads)]);
        return Own(Tool.ResultIn(count).Done);
    }

    private Outcome Livewatcher(int writes, params string[] options) => Livewatcher(writes, 1, options);

    private Outcome Livewatcher(int writes, int threads, string[] options)
    {
        Watch(writes, threads, ["--format", "json", "--output", output, .. options]);
        (long counted, long recorded) = Ground.CountsIn(File.ReadLines(output));
        File.Delete(output);
        return Own(options.Contains("--if") ? counted : recorded);
    }

    private Outcome Text()
    {
        Watch(Writes, 1, ["--output", output]);
        return Own(null);
    }

    private Outcome Recorded()
    {
        Watch(Writes, 1, ["--output", output, "--record", recording]);
        string report = Tool.Run(ground.Livewatcher, "report", recording, "--format", "json").Output;
        File.Delete(recording);
        return Own(report.Split('\n').LongCount(line => line.StartsWith("{\"type\":\"hit\"", StringComparison.Ordinal)));
    }

    private void Watch(int writes, int threads, string[] options) => Tool.Run(
        ground.Livewatcher,
        ["run", "--watch", "g_hot", .. Ground.Unlimited, .. options.Contains("--backend") ? [] : Ground.LargeRing, .. options, "--", ground.Program("hot"), .. Hot(writes, threads)]);

    private Outcome PerfRecord(params string[] options) => PerfRecord(Writes, 1, options);

    private Outcome PerfRecord(int writes, int threads, string[] options)
    {
        Tool.Run("perf", ["record", "-q", "-e", $"mem:0x{address}/8:w", "-c", "1", .. options, "-o", data, "--", ground.Program("hot"), .. Hot(writes, threads)]);
        long samples = Tool.Run("perf", "script", "-i", data, "-F", "event", "-G").Output.Split('\n').LongCount(line => line.Contains("mem:", StringComparison.Ordinal));
        File.Delete(data);
        return Own(samples);
    }

    private Outcome Bpftrace(string action) => Bpftrace(action, Writes, 1);

    private Outcome Bpftrace(string action, int writes, int threads)
    {
        Finished finished = Tool.Run("bpftrace", "-q", "-e", $"watchpoint:0x{address}:8:w {{ {action} }}", "-c", string.Join(' ', [ground.Program("hot"), .. Hot(writes, threads)]));
        string line = finished.Output.Split('\n').FirstOrDefault(line => line.StartsWith("@hits: ", StringComparison.Ordinal)) ?? "";
        return Own(long.TryParse(line.Split(' ')[^1], out long counted) ? counted : 0);
    }

    private Outcome Gdb(string watch, bool commands)
    {
        string script = ground.At("gdb.script");
        File.WriteAllText(script, $"set pagination off\nset confirm off\nset breakpoint pending on\n{watch}\n{(commands ? "commands\nsilent\nbt\ncontinue\nend\n" : "")}run\ninfo breakpoints\n");
        Finished finished = Tool.Run("gdb", ["-batch", "-nx", "-x", script, "--args", ground.Program("hot"), .. Hot(FewWrites)]);
        string? line = finished.Output.Split('\n').LastOrDefault(line => line.Contains("breakpoint already hit ", StringComparison.Ordinal));
        // It says nothing of hits whose condition was false.
        return Own(commands && line is not null ? long.Parse(line.Trim().Split(' ')[3], null) : null);
    }
}
