// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Runtime.CompilerServices;
using Livewatcher.Model;
using Livewatcher.Render;
using Livewatcher.Render.Tests;

namespace Livewatcher.Recording.Tests;

/// <summary>A folder for one test, and what tests do with recordings in it.</summary>
public abstract class Scratch : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("livewatcher-recording-");

    protected string Recorded => At("hits.lwr");

    internal static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    protected string At(string name) => Path.Combine(folder.FullName, name);

    private protected RecordingSettings Settings => new(Recorded, [new("command", "test"), new("host", "here")]);

    private protected static IReadOnlyList<Hit> Hits(int count) => [.. Enumerable.Range(1, count).Select(i => Scenario.Hit(i, i * 0.001) with { New = Scenario.Integer(i) })];

    private protected static CoverageEvent Record(IRecorder recorder, IEnumerable<WatchEvent> events, CoverageEvent? coverage = null)
    {
        foreach (WatchEvent one in events)
            recorder.Add(one);
        return recorder.Finish(coverage ?? Scenario.Coverage());
    }

    private protected static List<WatchEvent> Read(string path)
    {
        using RecordingFile file = RecordingFile.Open(path);
        return [.. file.Events()];
    }

    private protected static CoverageEvent Closing(string path)
    {
        using RecordingFile file = RecordingFile.Open(path);
        return file.Closing!;
    }

    private protected static string Json(IEnumerable<WatchEvent> events)
    {
        using MemoryStream output = new();
        using JsonRenderer renderer = new(output);
        foreach (WatchEvent one in events)
            renderer.Publish(one);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    private protected static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    public void Dispose()
    {
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
