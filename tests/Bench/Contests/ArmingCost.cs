// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>One attachment to a crowd of threads.</summary>
/// <param name="Armed">From livewatcher's start to its word that all are armed, ms.</param>
/// <param name="Left">From SIGTERM to its end, ms.</param>
/// <param name="LongestPause">That a thread was late for when it woke, ms.</param>
/// <param name="Resident">Of livewatcher when armed, MiB.</param>
public sealed record Attachment(double Armed, double Left, double LongestPause, double Resident);

/// <summary>How long arming and leaving take, by the number of threads, and how long a thread is held up by it.</summary>
public sealed class ArmingCost(Ground ground)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public IReadOnlyList<int> Threads { get; } = ground.Quick ? [10, 1000] : [10, 100, 1000, 4000];

    /// <returns>By scope and number of threads; "none": the pauses of a crowd that nobody watches.</returns>
    public IReadOnlyList<(string Scope, int Threads, Sample Armed, Sample Left, Sample Pause, Sample Resident, string? Failure)> Hold()
    {
        List<(string, int, Sample, Sample, Sample, Sample, string?)> rows = [];
        foreach (int threads in Threads)
        {
            string[] scopes = ["none", "task", "cpu"];
            var samples = scopes.Select(_ => (Armed: new Sample(), Left: new Sample(), Pause: new Sample(), Resident: new Sample())).ToArray();
            string?[] failures = new string?[scopes.Length];
            for (int round = 1; round <= ground.Rounds; round++)
            {
                for (int i = 0; i < scopes.Length; i++)
                {
                    if (failures[i] is not null)
                        continue;
                    Progress.Say($"arming {threads} threads: round {round} of {ground.Rounds}: scope {scopes[i]}");
                    try
                    {
                        Attachment one = Attach(scopes[i], threads);
                        samples[i].Pause.Add(one.LongestPause);
                        if (scopes[i] == "none")
                            continue;
                        samples[i].Armed.Add(one.Armed);
                        samples[i].Left.Add(one.Left);
                        samples[i].Resident.Add(one.Resident);
                    }
                    catch (MeasuringException e)
                    {
                        failures[i] = e.Message;
                    }
                }
            }

            rows.AddRange(scopes.Select((scope, i) => (scope, threads, samples[i].Armed, samples[i].Left, samples[i].Pause, samples[i].Resident, failures[i])));
        }

        return rows;
    }

    private Attachment Attach(string scope, int threads)
    {
        string result = ground.At("crowd.result"), output = ground.At("crowd.jsonl");
        File.Delete(output);
        using Process crowd = Tool.Start(ground.Program("crowd"), [result, Ground.Invariant(threads)]);
        try
        {
            if (crowd.StandardOutput.ReadLine() != "ready")
                throw new MeasuringException("the crowd did not come together: " + Tool.LastLine(crowd.StandardError.ReadToEnd()));
            double armed = 0, left = 0, resident = 0;
            if (scope == "none")
                Thread.Sleep(600); // about as long as it is watched otherwise
            else
                (armed, left, resident) = Watch(crowd.Id, scope, output);
            crowd.StandardInput.Close();
            if (!crowd.WaitForExit(Patience))
                throw new MeasuringException("the crowd does not end");
            return new Attachment(armed, left, Tool.ResultIn(result).Nanoseconds / 1e6, resident);
        }
        finally
        {
            if (!crowd.HasExited)
                crowd.Kill();
        }
    }

    private (double Armed, double Left, double Resident) Watch(int crowd, string scope, string output)
    {
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
            return livewatcher.WaitForExit(Patience) ? (armed, watch.Elapsed.TotalMilliseconds, resident) : throw new MeasuringException("livewatcher does not end");
        }
        finally
        {
            if (!livewatcher.HasExited)
                livewatcher.Kill();
        }
    }

    private static bool Says(string path, string word) => File.Exists(path) && File.ReadAllText(path).Contains(word, StringComparison.Ordinal);
}
