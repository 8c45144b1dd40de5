// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using BenchmarkDotNet.Attributes;
using Livewatcher.MicroBench.Stage;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Recording.Format;
using Livewatcher.Recording.Writing;
using Livewatcher.Render;

namespace Livewatcher.MicroBench.Benchmarks;

/// <summary>A hit's way out.</summary>
public class WritingBenchmarks : IDisposable
{
    /// <summary>Hits in a transaction: about what comes in a fifth of a second at 5,000 a second.</summary>
    public const int Batch = 1000;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lw-microbench-");
    private static readonly Dictionary<Omission, long> Nothing = [];

    private readonly CountingStream output = new();
    private StagedWatch? staged;
    private JsonRenderer? json;
    private StreamWriter? writer;
    private TextRenderer? text;
    private RecordingWriter? recording;
    private WatchEvent[] batch = [];

    [GlobalSetup]
    public void SetUp()
    {
        staged = new StagedWatch();
        json = new JsonRenderer(output);
        writer = new StreamWriter(output) { AutoFlush = true };
        text = new TextRenderer(writer, new TextOptions());
        recording = RecordingWriter.Create(new RecordingSettings(RecordingFile, []));
        batch = [.. Enumerable.Range(1, Batch).Select(i => staged.Named with { Sequence = i, Time = staged.Named.Time.AddMicroseconds(i) })];
    }

    /// <returns>Bytes written.</returns>
    [Benchmark(Description = "JSON line")]
    public long Json()
    {
        long before = output.Written;
        json!.Publish(staged!.Named);
        return output.Written - before;
    }

    /// <returns>Bytes written.</returns>
    [Benchmark(Description = "text")]
    public long Text()
    {
        long before = output.Written;
        text!.Publish(staged!.Named);
        return output.Written - before;
    }

    [Benchmark(Description = "recording (SQLite), in transactions of 1,000", OperationsPerInvoke = Batch)]
    public void Record() => recording!.Write(batch, Nothing, staged!.Named.Time);

    /// <summary>Where the recording is.</summary>
    public string RecordingFile => Path.Combine(folder.FullName, "hits.lwr");

    [GlobalCleanup]
    public void Dispose()
    {
        json?.Dispose();
        writer?.Dispose();
        recording?.Dispose();
        staged?.Dispose();
        output.Dispose();
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
