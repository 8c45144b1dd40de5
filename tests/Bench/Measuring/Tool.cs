// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;

namespace Livewatcher.Bench.Measuring;

/// <summary>A finished process.</summary>
/// <param name="Status">Its exit status.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
/// <param name="Time">From its start to its end.</param>
public sealed record Finished(int Status, string Output, string Errors, TimeSpan Time);

/// <summary>Programs that are run.</summary>
public static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <exception cref="MeasuringException">It is not there, fails, or does not end.</exception>
    public static Finished Run(string file, params IReadOnlyList<string> arguments) => RunWith(null, file, arguments);

    /// <summary>The same, with a library that stands before all others.</summary>
    /// <param name="preloaded">For LD_PRELOAD (ld.so(8)); null: none.</param>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="MeasuringException">It is not there, fails, or does not end.</exception>
    public static Finished RunWith(string? preloaded, string file, IReadOnlyList<string> arguments)
    {
        Finished finished = Try(file, arguments, preloaded);
        return finished.Status == 0 ? finished : throw new MeasuringException($"{file}: exit status {finished.Status}: {LastLine(finished.Errors + finished.Output)}");
    }

    /// <summary>The same, whatever its exit status.</summary>
    /// <exception cref="MeasuringException">It is not there, or does not end.</exception>
    public static Finished Try(string file, IReadOnlyList<string> arguments, string? preloaded = null)
    {
        using Process process = Start(file, arguments, preloaded);
        process.StandardInput.Close();
        Stopwatch watch = Stopwatch.StartNew();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new MeasuringException($"{file} has not ended within {Patience.TotalMinutes:0} minutes");
        }

        TimeSpan time = watch.Elapsed;
        return new Finished(process.ExitCode, output.Result, errors.Result, time);
    }

    /// <summary>All that a process has had at once, its files' pages and shared memory included.</summary>
    public const string AllMemory = "VmHWM:";

    /// <summary>What is its own.</summary>
    public const string OwnMemory = "RssAnon:";

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its time and the most memory that it has had, MiB; what it took in its last 5 ms may be missing.</returns>
    /// <exception cref="MeasuringException">It is not there, fails, or does not end.</exception>
    public static (Finished Finished, double PeakMiB) RunForMemory(string file, params IReadOnlyList<string> arguments) => RunForMemory(AllMemory, file, arguments);

    /// <inheritdoc cref="RunForMemory(string, IReadOnlyList{string})"/>
    /// <param name="field">Of /proc/PID/status: <see cref="AllMemory"/> or <see cref="OwnMemory"/>.</param>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static (Finished Finished, double PeakMiB) RunForMemory(string field, string file, IReadOnlyList<string> arguments)
    {
        using Process process = Start(file, arguments);
        process.StandardInput.Close();
        Stopwatch watch = Stopwatch.StartNew();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        double peak = 0;
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(5)))
        {
            peak = Math.Max(peak, MemoryOf(process.Id, field));
            if (watch.Elapsed <= Patience)
                continue;
            process.Kill(entireProcessTree: true);
            throw new MeasuringException($"{file} has not ended within {Patience.TotalMinutes:0} minutes");
        }

        Finished finished = new(process.ExitCode, output.Result, errors.Result, watch.Elapsed);
        return finished.Status == 0 ? (finished, peak) : throw new MeasuringException($"{file}: exit status {finished.Status}: {LastLine(finished.Errors + finished.Output)}");
    }

    /// <summary>A line of /proc/PID/status, MiB; 0 where the process has ended.</summary>
    public static double MemoryOf(int process, string field)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <exception cref="MeasuringException">It is not there.</exception>
    public static Process Start(string file, IReadOnlyList<string> arguments, string? preloaded = null)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (preloaded is not null)
            start.Environment["LD_PRELOAD"] = preloaded;
        try
        {
            return Process.Start(start) ?? throw new MeasuringException($"{file} did not start");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new MeasuringException($"{file}: {e.Message}");
        }
    }

    /// <summary>What a measured program has written: units done, ns.</summary>
    /// <exception cref="MeasuringException">It has written nothing.</exception>
    public static (long Done, double Nanoseconds) ResultIn(string path)
    {
        double[] numbers = NumbersIn(path);
        return ((long)numbers[0], numbers[1]);
    }

    /// <summary>The same of one that takes the time of each slice of its work: ns for a unit, and what that was in each slice.</summary>
    /// <exception cref="MeasuringException">It has written nothing.</exception>
    public static (double Nanoseconds, double[] Slices) SlicedResultIn(string path)
    {
        double[] numbers = NumbersIn(path);
        return (numbers[1] / numbers[0], numbers[2..]);
    }

    private static double[] NumbersIn(string path)
    {
        if (!File.Exists(path))
            throw new MeasuringException("the measured program has not come to its end");
        string[] words = File.ReadAllText(path).Split(' ');
        File.Delete(path);
        return [.. words.Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
    }

    public static string LastLine(string text) => text.TrimEnd().Split('\n')[^1].Trim();
}
