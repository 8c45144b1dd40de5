// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Livewatcher.Model;
using Livewatcher.Render.Tests;

namespace Livewatcher.Export.Tests;

/// <summary>What the tests of exporters share: short patience, made-up hits, a folder, free ports.</summary>
public abstract class ExportTest : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("livewatcher-export-");
    private readonly List<Process> started = [];

    /// <summary>What a hostile program calls its threads: an escape sequence, a line feed, quotes, another field, one that turns text.</summary>
    protected const string Hostile = "\e[2J\nPRIORITY=0\"]\\\u202e{x}</script>";

    protected static ExportLimits Quick { get; } = new()
    {
        Interval = TimeSpan.FromMilliseconds(20),
        Retry = TimeSpan.FromMilliseconds(100),
        Patience = TimeSpan.FromMilliseconds(500),
        EndPatience = TimeSpan.FromSeconds(1),
        MetricsInterval = TimeSpan.FromMilliseconds(100),
    };

    protected string At(string name) => Path.Combine(folder.FullName, name);

    protected static Hit Hit(long sequence) => Scenario.Hit(sequence, sequence * 0.001);

    protected static Hit HostileHit => Scenario.Hit(1, 1) with
    {
        ThreadName = Hostile,
        New = new Value(ValueKind.Bytes, Hostile),
        Stack = new CallStack([Scenario.Release with { Function = Hostile, File = $"/src/{Hostile}" }], null),
    };

    protected static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Adds hits and closes, and holds the session to never having waited.</summary>
    private protected static CoverageEvent Export(IExporter exporter, int count, TimeSpan? between = null)
    {
        for (int i = 1; i <= count; i++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            exporter.Add(Hit(i));
            if (watch.ElapsedMilliseconds > 250)
                throw new InvalidOperationException($"the session has waited for {watch.ElapsedMilliseconds} ms");
            if (between is { } pause)
                Thread.Sleep(pause);
        }

        return exporter.Finish(Scenario.Coverage());
    }

    private protected static List<NoteEvent> News(IExporter exporter)
    {
        List<NoteEvent> all = [];
        while (exporter.TakeNews() is { } one)
            all.Add(one);
        return all;
    }

    /// <summary>The number in the gap that an export leaves; 0 where it has left none.</summary>
    protected static long Lost(CoverageEvent coverage)
    {
        string? gap = coverage.Gaps.SingleOrDefault(one => one.StartsWith("--", StringComparison.Ordinal) && one.Contains(" messages", StringComparison.Ordinal));
        return gap is null ? 0 : long.Parse(gap.Split(' ')[1].Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Starts a real receiver; it ends with the test.</summary>
    protected void Start(string program, params string[] arguments)
    {
        Process process = new() { StartInfo = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true } };
        process.OutputDataReceived += (_, line) => File.AppendAllText(At("receiver.log"), $"{line.Data}\n");
        process.ErrorDataReceived += (_, line) => File.AppendAllText(At("receiver.log"), $"{line.Data}\n");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        started.Add(process);
    }

    protected static async Task<T> Eventually<T>(Func<Task<T?>> ask, TimeSpan within)
        where T : class
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (watch.Elapsed > within)
                throw new TimeoutException($"not within {within}");
            await Task.Delay(100);
        }
    }

    public void Dispose()
    {
        foreach (Process process in started)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
