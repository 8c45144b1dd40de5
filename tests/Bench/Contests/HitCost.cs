// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What a hit costs the thread that writes: a program that does nothing but write one word, under each of the tools.</summary>
public sealed class HitCost(Ground ground, Trigger trigger)
{
    public const string Floor = "counting-only event (the floor)";

    /// <summary>The hypervisor's, if it has any; it is in all that livewatcher does about a stand-in, and in nothing that it does about a hit, whose page has been there.</summary>
    public const string Look = "the first look at a page that has just come, by itself";

    public const string Filtered = "livewatcher, filtered out (--if 'new < 0')";

    public const string Sixteen = "livewatcher, 16 KiB of stack, JSON";

    public const string RecordedToo = "livewatcher, 16 KiB of stack, text and recording";

    /// <summary>Its stack is copied as far as there is one: here that is all of it.</summary>
    public const string Deep = "livewatcher, 16 KiB of stack, from calls that are as deep, JSON";

    public const string ByStack = "bpftrace, count by ustack";

    public const string GdbBacktrace = "gdb, watch with commands (bt)";

    /// <summary>With as much memory as livewatcher's ring has.</summary>
    public const string PerfWhole = "perf record --call-graph dwarf,16384 -m 128M";

    private static readonly string[] PerfWholeOptions = ["--call-graph", "dwarf,16384", "-m", "128M"];

    private readonly string result = ground.At("hot.result");
    private readonly string output = ground.At("hot.jsonl");
    private readonly string recording = ground.At("hot.lwr");
    private readonly string data = ground.At("perf.data");

    /// <summary>Writes of one run; of tools that stop the thread at each hit, a thirtieth.</summary>
    public int Writes { get; } = ground.Amount(trigger.Preloaded is null ? 15_000 : 12_000, 4_000);

    public int FewWrites => Math.Max(20, Writes / 30);

    /// <summary>Of a burst, which all rings hold.</summary>
    public int BurstWrites { get; } = ground.Amount(5_000, 4_000);

    private Contestant[] ByStackBytes =>
    [
        new(Filtered, () => Livewatcher(Writes, "--if", "new < 0")),
        new("livewatcher, no stack, JSON", () => Livewatcher(Writes, "--stack-bytes", "0"), AtMost: ground.Rounds),
        new("livewatcher, 4 KiB of stack, JSON", () => Livewatcher(Writes, "--stack-bytes", "4096"), AtMost: ground.Rounds),
        new(Sixteen, () => Livewatcher(Writes)),
    ];

    private Contestant[] PerfWithSmallRings =>
    [
        new("perf record", () => PerfRecord(), AtMost: ground.Rounds),
        new("perf record --call-graph fp", () => PerfRecord("--call-graph", "fp"), AtMost: ground.Rounds),
    ];

    private Contestant[] PeersThatHoldAll(int writes) =>
    [
        new(PerfWhole, () => PerfRecord(writes, Trigger.OneThread, [.. PerfWholeOptions]), AtMost: ground.Rounds),
        new("bpftrace, count()", () => Bpftrace("@hits = count();", writes, Trigger.OneThread), AtMost: ground.Rounds),
        new(ByStack, () => Bpftrace("@hits = count(); @stacks[ustack] = count();", writes, Trigger.OneThread)),
    ];

    /// <summary>Of a stand-in; ns.</summary>
    public Contestant TheLook => new(Look, () =>
    {
        Tool.Run(Program, [.. Words(Writes, Trigger.OneThread), "look"]);
        return Own(null);
    });

    /// <summary>One thread.</summary>
    public IReadOnlyList<Row> Hold() => Contest.Hold("cost of a hit", ground.CloseRounds,
    [
        new("not watched", Alone),
        new(Floor, CountOnly),
        .. ByStackBytes,
        new(Deep, () => Livewatcher(Writes, Trigger.DeepThread, []), AtMost: ground.Rounds),
        new("livewatcher, 16 KiB of stack, text", Text, AtMost: ground.Rounds),
        new(RecordedToo, () => Recorded()),
        new("livewatcher --backend perf", () => Livewatcher(Writes, "--backend", "perf"), AtMost: ground.Rounds),
        new("livewatcher --backend ptrace", () => Livewatcher(FewWrites, "--backend", "ptrace"), AtMost: ground.Rounds),
        .. PerfWithSmallRings,
        new("perf record --call-graph dwarf,16384", () => PerfRecord("--call-graph", "dwarf,16384"), AtMost: ground.Rounds),
        .. PeersThatHoldAll(Writes),
        new("gdb, watch with a false condition", () => Gdb("watch g_hot if g_hot < 0", commands: false), AtMost: ground.Rounds),
        new(GdbBacktrace, () => Gdb("watch g_hot", commands: true), AtMost: ground.Rounds),
    ]);

    /// <summary>One thread, with a page fault in the place of each hit; tools that stop a thread at a hit have nothing to stop at.</summary>
    public IReadOnlyList<Row> HoldStandIn() => Contest.Hold("stand-in of a hit", ground.CloseRounds,
    [
        TheLook,
        new("not watched", Alone),
        new(Floor, CountFaults),
        .. ByStackBytes,
        new(RecordedToo, () => Recorded()),
        new("livewatcher --backend perf", () => Livewatcher(Writes, "--backend", "perf"), AtMost: ground.Rounds),
        .. PerfWithSmallRings,
        .. PeersThatHoldAll(Writes),
    ]);

    /// <summary>One thread, for so short a time that nobody need lose anything.</summary>
    public IReadOnlyList<Row> HoldBurst() => Contest.Hold("burst of hits", ground.CloseRounds,
    [
        new(Floor, () => CountOnly(BurstWrites, Trigger.OneThread)),
        new(Sixteen, () => Livewatcher(BurstWrites, Trigger.OneThread, [])),
        .. PeersThatHoldAll(BurstWrites),
    ]);

    /// <summary>As fast as four threads can write, on as many processors as there are: who loses hits?</summary>
    public IReadOnlyList<Row> HoldFlood() => Contest.Hold("four threads", ground.CloseRounds,
    [
        new(Floor, () => CountOnly(Writes / 4, FourThreads)),
        new(Filtered, () => Livewatcher(Writes / 4, FourThreads, ["--if", "new < 0"])),
        new(Sixteen, () => Livewatcher(Writes / 4, FourThreads, [])),
        new(PerfWhole, () => PerfRecord(Writes / 4, FourThreads, [.. PerfWholeOptions]), AtMost: ground.Rounds),
        new("bpftrace, count()", () => Bpftrace("@hits = count();", Writes / 4, FourThreads), AtMost: ground.Rounds),
    ]);

    private string Program => ground.Program(trigger.Program);

    private static readonly string[] FourThreads = ["4"];

    private string[] Words(int writes, IReadOnlyList<string> threads) => trigger.Words(result, writes, threads);

    /// <summary>What the program that has just ended says of itself.</summary>
    private Outcome Own(long? counted)
    {
        (long done, double ns) = Tool.ResultIn(result);
        return new Outcome(ns / done, done, counted);
    }

    private Outcome Alone()
    {
        Tool.Run(Program, Words(Writes, Trigger.OneThread));
        return Own(null);
    }

    private Outcome CountOnly() => CountOnly(Writes, Trigger.OneThread);

    private Outcome CountOnly(int writes, IReadOnlyList<string> threads)
    {
        string count = ground.At("floor.result");
        Tool.Run(ground.Program("floor"), [count, "task", ground.AddressOf(trigger.Program, "g_hot"), Program, .. Words(writes, threads)]);
        return Own(Tool.ResultIn(count).Done);
    }

    private Outcome CountFaults()
    {
        string words = Tool.Run("perf", ["stat", "-x", ",", "-e", trigger.PerfEvent, "--", Program, .. Words(Writes, Trigger.OneThread)]).Errors;
        return Own(long.Parse(words.Split(',')[0].Split('\n')[^1], CultureInfo.InvariantCulture));
    }

    private Outcome Livewatcher(int writes, params string[] options) => Livewatcher(writes, Trigger.OneThread, options);

    private Outcome Livewatcher(int writes, IReadOnlyList<string> threads, string[] options)
    {
        Watch(writes, threads, ["--format", "json", "--output", output, .. options]);
        (long counted, long recorded) = Ground.CountsIn(File.ReadLines(output));
        File.Delete(output);
        return Own(options.Contains("--if") ? counted : recorded);
    }

    private Outcome Text()
    {
        Watch(Writes, Trigger.OneThread, ["--output", output]);
        return Own(null);
    }

    private Outcome Recorded()
    {
        Watch(Writes, Trigger.OneThread, ["--output", output, "--record", recording]);
        string report = Tool.Run(ground.Livewatcher, "report", recording, "--format", "json").Output;
        File.Delete(recording);
        return Own(report.Split('\n').LongCount(line => line.StartsWith("{\"type\":\"hit\"", StringComparison.Ordinal)));
    }

    private void Watch(int writes, IReadOnlyList<string> threads, string[] options)
    {
        bool largeRing = !options.Contains("--backend") && trigger.Preloaded is null;
        Tool.RunWith(trigger.Preloaded, ground.Livewatcher, trigger.Run(ground, [.. largeRing ? Ground.LargeRing : [], .. options], Words(writes, threads)));
    }

    private Outcome PerfRecord(params string[] options) => PerfRecord(Writes, Trigger.OneThread, options);

    private Outcome PerfRecord(int writes, IReadOnlyList<string> threads, string[] options)
    {
        Tool.Run("perf", ["record", "-q", "-e", trigger.PerfEvent, "-c", "1", .. options, "-o", data, "--", Program, .. Words(writes, threads)]);
        long samples = Tool.Run("perf", "script", "-i", data, "-F", "event", "-G").Output.Split('\n').LongCount(line => line.Trim().Length > 0);
        File.Delete(data);
        return Own(samples);
    }

    private Outcome Bpftrace(string action, int writes, IReadOnlyList<string> threads)
    {
        Finished finished = Tool.Run("bpftrace", "-q", "-e", $"{trigger.Probe} {{ {action} }}", "-c", string.Join(' ', [Program, .. Words(writes, threads)]));
        string line = finished.Output.Split('\n').FirstOrDefault(line => line.StartsWith("@hits: ", StringComparison.Ordinal)) ?? "";
        return Own(long.TryParse(line.Split(' ')[^1], out long counted) ? counted : 0);
    }

    private Outcome Gdb(string watch, bool commands)
    {
        string script = ground.At("gdb.script");
        File.WriteAllText(script, $"set pagination off\nset confirm off\nset breakpoint pending on\n{watch}\n{(commands ? "commands\nsilent\nbt\ncontinue\nend\n" : "")}run\ninfo breakpoints\n");
        Finished finished = Tool.Run("gdb", ["-batch", "-nx", "-x", script, "--args", Program, .. Words(FewWrites, Trigger.OneThread)]);
        string? line = finished.Output.Split('\n').LastOrDefault(line => line.Contains("breakpoint already hit ", StringComparison.Ordinal));
        // It says nothing of hits whose condition was false.
        return Own(commands && line is not null ? long.Parse(line.Trim().Split(' ')[3], null) : null);
    }
}
