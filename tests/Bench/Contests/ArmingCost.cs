// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>One attachment to a crowd of threads.</summary>
/// <param name="Armed">From livewatcher's start to its word that all are armed, ms.</param>
/// <param name="OwnArmed">The same, less what the hypervisor had given to others meanwhile.</param>
/// <param name="Left">From SIGTERM to its end, ms.</param>
/// <param name="LongestPause">That a thread was late for when it woke, ms.</param>
/// <param name="OwnPause">The longest of these less the same.</param>
/// <param name="Resident">Of livewatcher when armed, MiB.</param>
public sealed record Attachment(double Armed, double OwnArmed, double Left, double LongestPause, double OwnPause, double Resident);

/// <summary>The rounds of one scope and number of threads.</summary>
public sealed class Attachments
{
    public Sample Armed { get; } = new();

    public Sample OwnArmed { get; } = new();

    public Sample Left { get; } = new();

    public Sample Pause { get; } = new();

    public Sample OwnPause { get; } = new();

    public Sample Resident { get; } = new();

    /// <summary>Why there are no more.</summary>
    public string? Failure { get; internal set; }

    internal void Add(Attachment one, bool isWatched)
    {
        Pause.Add(one.LongestPause);
        OwnPause.Add(one.OwnPause);
        if (!isWatched)
            return;
        Armed.Add(one.Armed);
        OwnArmed.Add(one.OwnArmed);
        Left.Add(one.Left);
        Resident.Add(one.Resident);
    }
}

/// <summary>How long arming and leaving take, by the number of threads, and how long a thread is held up by it.</summary>
public sealed class ArmingCost(Ground ground)
{
    public const string Alone = "none";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public IReadOnlyList<int> Threads { get; } = ground.Quick ? [10, 1000] : [10, 100, 1000, 4000];

    /// <summary>Whether the machine tells what its hypervisor gives to others.</summary>
    public bool KnowsThefts { get; private set; }

    /// <returns>By scope and number of threads; "none": the pauses of a crowd that nobody watches.</returns>
    public IReadOnlyList<(string Scope, int Threads, Attachments Rounds)> Hold()
    {
        List<(string, int, Attachments)> rows = [];
        using StolenTime stolen = new();
        KnowsThefts = stolen.IsKnown;
        foreach (int threads in Threads)
        {
            (string Scope, Attachments Rounds)[] all = [.. ((string[])[Alone, "task", "cpu"]).Select(scope => (scope, new Attachments()))];
            for (int round = 1; round <= ground.Rounds; round++)
            {
                foreach ((string scope, Attachments rounds) in all.Where(one => one.Rounds.Failure is null))
                {
                    Progress.Say($"arming {threads} threads: round {round} of {ground.Rounds}: scope {scope}");
                    try
                    {
                        rounds.Add(Attach(scope, threads, stolen), isWatched: scope != Alone);
                    }
                    catch (MeasuringException e)
                    {
                        rounds.Failure = e.Message;
                    }
                }
            }

            rows.AddRange(all.Select(one => (one.Scope, threads, one.Rounds)));
        }

        return rows;
    }

    private Attachment Attach(string scope, int threads, StolenTime stolen)
    {
        string result = ground.At("crowd.result"), output = ground.At("crowd.jsonl");
        File.Delete(output);
        using Process crowd = Tool.Start(ground.Program("crowd"), [result, Ground.Invariant(threads)]);
        try
        {
            if (crowd.StandardOutput.ReadLine() != "ready")
                throw new MeasuringException("the crowd did not come together: " + Tool.LastLine(crowd.StandardError.ReadToEnd()));
            Watched its = default;
            if (scope == Alone)
                Thread.Sleep(600); // about as long as it is watched otherwise
            else
                its = Watch(crowd.Id, scope, output);
            crowd.StandardInput.Close();
            Task<string> late = crowd.StandardOutput.ReadToEndAsync();
            if (!crowd.WaitForExit(Patience))
                throw new MeasuringException("the crowd does not end");
            stolen.CatchUp();
            double longest = Tool.ResultIn(result).Nanoseconds / 1e6;
            double taken = stolen.Within(its.Begun, its.Begun + (long)(its.Armed * 1e6)) / 1e6;
            return new Attachment(its.Armed, its.Armed - taken, its.Left, longest, OwnPause(late.Result, stolen) ?? longest, its.Resident);
        }
        finally
        {
            if (!crowd.HasExited)
                crowd.Kill();
        }
    }

    /// <summary>The longest of the program's pauses, ms, each less what was stolen in it; null where none was worth a line.</summary>
    private static double? OwnPause(string late, StolenTime stolen) =>
        late.Split('\n').Select(line => line.Split(' ')).Where(words => words is ["late", _, _])
            .Select(words => (Due: long.Parse(words[1], CultureInfo.InvariantCulture), Woke: long.Parse(words[2], CultureInfo.InvariantCulture)))
            .Select(pause => (double?)(pause.Woke - pause.Due - stolen.Within(pause.Due, pause.Woke)) / 1e6).Max();

    /// <summary>ms, MiB, and when it began: CLOCK_MONOTONIC, ns, which is what Stopwatch counts.</summary>
    private readonly record struct Watched(long Begun, double Armed, double Left, double Resident);

    private Watched Watch(int crowd, string scope, string output)
    {
        long begun = Stopwatch.GetTimestamp();
        Stopwatch watch = Stopwatch.StartNew();
        using Process livewatcher = Tool.Start(ground.Livewatcher, ["attach", Ground.Invariant(crowd), "--watch", "g_cold", "--scope", scope, "--format", "json", "--output", output, .. ground.Arms]);
        try
        {
            while (!Says(output, "{\"type\":\"armed\""))
            {
                if (livewatcher.HasExited)
                    throw new MeasuringException(Tool.LastLine(livewatcher.StandardError.ReadToEnd()));
                if (watch.Elapsed > Patience)
                    throw new MeasuringException($"not armed within {Patience.TotalMinutes:0} minutes");
                Thread.Sleep(1);
            }

            double armed = watch.Elapsed.TotalMilliseconds, resident = Tool.MemoryOf(livewatcher.Id, "VmRSS:");
            Thread.Sleep(300);
            watch.Restart();
            Tool.Run("kill", "-TERM", Ground.Invariant(livewatcher.Id)); // SIGINT is ignored by what a shell has put into the background
            return livewatcher.WaitForExit(Patience) ? new Watched(begun, armed, watch.Elapsed.TotalMilliseconds, resident) : throw new MeasuringException("livewatcher does not end");
        }
        finally
        {
            if (!livewatcher.HasExited)
                livewatcher.Kill();
        }
    }

    private static bool Says(string path, string word) => File.Exists(path) && File.ReadAllText(path).Contains(word, StringComparison.Ordinal);
}
