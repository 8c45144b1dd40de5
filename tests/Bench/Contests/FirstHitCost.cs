// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>How long one waits for the first answer about a program that runs.</summary>
/// <param name="ground">Where it is measured.</param>
/// <param name="computing">Threads of the program that compute meanwhile, for each processor.</param>
public sealed class FirstHitCost(Ground ground, int computing = 0)
{
    /// <summary>For each processor: it is crowded.</summary>
    public const int Crowd = 32;

    public const string Livewatcher = "livewatcher attach";

    /// <summary>Writes of the program: for longer than anybody waits.</summary>
    private const int Writes = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    /// <summary>Where the machine is crowded each round takes seconds, and nobody is compared closely.</summary>
    private const int CrowdedRounds = 3;

    public IReadOnlyList<Row> Hold() => Contest.Hold("first hit", computing == 0 ? ground.Rounds : Math.Min(CrowdedRounds, ground.Rounds),
    [
        new(Livewatcher, () => Wait(ground.Livewatcher, id => ["attach", id, "--watch", "g_hot", "--format", "json"], "{\"type\":\"hit\"")),
        new($"{Livewatcher}, guard off", () => Wait(ground.Livewatcher, id => ["attach", id, "--watch", "g_hot", "--format", "json", "--guard", "off"], "{\"type\":\"hit\"")),
        new("gdb -p, watch", () => Wait("gdb", id => ["-batch", "-nx", "-p", id, "-ex", "watch g_hot", "-ex", "continue", "-ex", "bt"], "New value = ")),
    ]);

    private Outcome Wait(string tool, Func<string, string[]> arguments, string word)
    {
        using Process slow = Tool.Start(ground.Program("slow"), [Ground.Invariant(Writes), Ground.Invariant(computing * Environment.ProcessorCount)]);
        try
        {
            if (slow.StandardOutput.ReadLine() != "ready")
                throw new MeasuringException("the program has not begun to write");
            Stopwatch watch = Stopwatch.StartNew();
            using Process asked = Tool.Start(tool, arguments(Ground.Invariant(slow.Id)));
            try
            {
                Task<double?> first = Task.Run(() => FirstOf(asked, word, watch));
                return first.Wait(Patience) && first.Result is { } time ? new Outcome(time) : throw new MeasuringException($"no hit within {Patience.TotalMinutes:0} minutes, or {Tool.LastLine(asked.HasExited ? asked.StandardError.ReadToEnd() : "")}");
            }
            finally
            {
                Tool.Try("kill", ["-INT", Ground.Invariant(asked.Id)]);
                // It may have been started where SIGINT is ignored (nohup), and ignores it too.
                if (!asked.WaitForExit(EndPatience))
                    asked.Kill();
            }
        }
        finally
        {
            slow.Kill();
        }
    }

    /// <returns>ms; null where it has ended without.</returns>
    private static double? FirstOf(Process asked, string word, Stopwatch watch)
    {
        while (asked.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(word, StringComparison.Ordinal))
                return watch.Elapsed.TotalMilliseconds;
        }

        return null;
    }
}
