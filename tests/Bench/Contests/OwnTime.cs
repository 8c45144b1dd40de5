// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What a tool takes of the processors for itself while nothing is hit: the slices of the watched program that it does not disturb say nothing of it.</summary>
public sealed class OwnTime(Ground ground)
{
    public const string Watched = "livewatcher, four watches, scope cpu, guard off";

    public const string Guarded = "livewatcher, four watches, scope task, guard on";

    /// <summary>Until it has armed, and has seen for a while that nothing happens.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.7);

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(1);

    /// <summary>ms of a processor's time a second.</summary>
    public IReadOnlyList<Row> Hold()
    {
        string address = ground.AddressOf("idle", "g_cold");
        return Contest.Hold("own time", ground.CurveRounds,
        [
            new(Watched, () => Livewatcher("cpu", "off")),
            new(Guarded, () => Livewatcher("task", "on")),
            new("perf record, one watch", () => Run("perf", ["record", "-o", ground.At("own.data"), "-e", $"mem:0x{address}/8:w", "--"])),
            new("bpftrace, one watch", () => Run("bpftrace", ["-e", $"watchpoint:0x{address}:8:w {{ @hits = count(); }}", "-c"], asOneWord: true)),
        ]);
    }

    private Outcome Livewatcher(string scope, string guard) =>
        Run(ground.Livewatcher, ["run", "--format", "json", "--output", ground.At("own.jsonl"), .. ground.Arms, .. IdleCost.FourWatches, "--scope", scope, "--guard", guard, "--"]);

    private Outcome Run(string tool, string[] arguments, bool asOneWord = false)
    {
        // Far longer than is measured: it is ended.
        string[] words = [ground.Program("idle"), ground.At("own.result"), "compute", "1000000000000"];
        using Process process = Tool.Start(tool, asOneWord ? [.. arguments, string.Join(' ', words)] : [.. arguments, .. words]);
        try
        {
            Thread.Sleep(Settling);
            (long before, long since) = (TimeOf(process.Id), Stopwatch.GetTimestamp());
            Thread.Sleep(Measured);
            (long after, TimeSpan passed) = (TimeOf(process.Id), Stopwatch.GetElapsedTime(since));
            if (process.HasExited)
                throw new MeasuringException($"{tool} has ended: {Tool.LastLine(process.StandardError.ReadToEnd())}");
            return new Outcome((after - before) / 1e6 / passed.TotalSeconds);
        }
        finally
        {
            foreach (string folder in Alike(ground.Program("idle")))
                Kill(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
            if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
                process.Kill(entireProcessTree: true);
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
    }

    /// <summary>ns that all threads of a process have run, and of those that it has forked without executing another program: the guard is one.</summary>
    private static long TimeOf(int process)
    {
        string name = TextOf($"/proc/{process}/cmdline");
        return name.Length == 0 ? 0 : Alike(name).SelectMany(folder => Directory.GetDirectories($"{folder}/task")).Sum(task => Number(TextOf($"{task}/schedstat")));
    }

    private static long Number(string schedstat) => schedstat.Length == 0 ? 0 : long.Parse(schedstat.Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Processes whose command line begins like this.</summary>
    private static IEnumerable<string> Alike(string commandLine) => Directory.EnumerateDirectories("/proc").Where(folder =>
        char.IsAsciiDigit(Path.GetFileName(folder)[0]) && TextOf($"{folder}/cmdline").StartsWith(commandLine, StringComparison.Ordinal));

    /// <summary>Empty where the process, or the thread, has ended.</summary>
    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
