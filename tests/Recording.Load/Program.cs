// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Recording.Load;

// Livewatcher.Recording.Load FILE HITS RATE [--tell | --stacks N]: publishes so many hits, so many a second (0: as fast as the recorder takes them without
// loss), and says how it went. --tell says every 10 ms how many were published by then, for whoever kills this process.
// --stacks: so many distinct ones, in place of 32.
// Livewatcher.Recording.Load FILE --scene SOURCES: what the browser's tests look at, with its source lines from that folder.
if (args is [var stage, "--scene", var sources])
{
    Scene scene = new(sources);
    using Recorder stageRecorder = Recorder.Open(new RecordingSettings(stage, [new("command", "run --watch g_queue.len -- queued"), new("host", "<h1>stage</h1>"), new("kernel", "6.1.0")]));
    foreach (WatchEvent one in scene.Events())
        stageRecorder.Add(one);
    return stageRecorder.Finish(scene.Coverage).Gaps.Count == 1 ? 0 : 1;
}

if (args is not [var file, var hits, var rate, .. var rest])
{
    Console.Error.WriteLine("usage: Livewatcher.Recording.Load FILE HITS RATE [--tell | --stacks N]");
    return 2;
}

long count = long.Parse(hits, CultureInfo.InvariantCulture);
double perSecond = double.Parse(rate, CultureInfo.InvariantCulture);
bool tells = rest is ["--tell"];
MadeUpHits made = rest is ["--stacks", var stacks] ? new(int.Parse(stacks, CultureInfo.InvariantCulture)) : new();
using Recorder recorder = Recorder.Open(new RecordingSettings(file, [new("command", "load")]) { MaxWaiting = perSecond == 0 ? int.MaxValue : 500_000 });
recorder.Add(made.Armed);
Stopwatch watch = Stopwatch.StartNew();
long nextWord = 0;
for (long i = 1; i <= count; i++)
{
    if (perSecond > 0)
    {
        while (watch.Elapsed.TotalSeconds * perSecond < i)
            Thread.Sleep(1);
    }

    recorder.Add(made.Next());
    if (!tells || watch.ElapsedMilliseconds < nextWord)
        continue;
    nextWord = watch.ElapsedMilliseconds + 10;
    Console.WriteLine(i.ToString(CultureInfo.InvariantCulture));
    Console.Out.Flush();
}

TimeSpan published = watch.Elapsed;
CoverageEvent end = recorder.Finish(made.Coverage(count));
double seconds = watch.Elapsed.TotalSeconds;
Console.WriteLine($"{count} hits published in {published.TotalSeconds:0.00} s, written in {seconds:0.00} s: {count / seconds:0} a second, "
    + $"{new FileInfo(file).Length / (double)count:0} bytes each, {Environment.CpuUsage.TotalTime.TotalSeconds:0.00} s of CPU; {(end.Gaps.Count == 0 ? "none lost" : end.Gaps[^1])}");
return end.Gaps.Count == 0 ? 0 : 1;
