// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Cli.Options;
using Livewatcher.Model;
using Livewatcher.Render;

namespace Livewatcher.Cli.Output;

/// <summary>What a listener shows, and the same in its log. A log that cannot be written any more ends itself, not the listening.</summary>
internal sealed class ListenOutput : IEventSink, IDisposable
{
    private readonly OutputSink screen;
    private readonly OutputSink? log;
    private readonly CancellationTokenSource logEnds = new();
    private readonly string? logFile;
    private bool toldOfLog;

    /// <param name="screen">Owned from here on.</param>
    /// <param name="logFolder">Where the log goes; null for none.</param>
    /// <param name="started">Names the log.</param>
    /// <param name="detail">How much of each frame is shown.</param>
    /// <exception cref="UserException">The log cannot be made.</exception>
    internal ListenOutput(OutputSink screen, string? logFolder, DateTimeOffset started, Func<StackDetail> detail)
    {
        this.screen = screen;
        if (logFolder is null)
            return;
        logFile = Path.Combine(logFolder, $"livewatcher_{started.ToString("yyyy_MM_dd_HH_mm_ss", CultureInfo.InvariantCulture)}.log");
        try
        {
            Directory.CreateDirectory(logFolder);
            log = OutputSink.Open(new OutputSettings("text", logFile, "never", Source: false), () => throw new InvalidOperationException(), logEnds, detail);
        }
        catch (Exception e) when (e is UserException or IOException or UnauthorizedAccessException)
        {
            screen.Dispose();
            throw new UserException($"cannot write the log in {logFolder}: {e.Message}; --log takes another folder, --no-log does without");
        }
    }

    /// <summary>Why the screen or the pipe cannot be written any more; null where it can.</summary>
    internal string? Failure => screen.Failure;

    public void Publish(WatchEvent watchEvent)
    {
        screen.Publish(watchEvent);
        log?.Publish(watchEvent);
        if (log?.Failure is not { } why || toldOfLog)
            return;
        toldOfLog = true;
        screen.Publish(new NoteEvent(DateTimeOffset.Now, NoteLevel.Warning, $"the log {logFile} has ended: {why}"));
    }

    internal void Say(string words)
    {
        screen.Say(words);
        log?.Say(words);
    }

    public void Dispose()
    {
        screen.Dispose();
        log?.Dispose();
        logEnds.Dispose();
    }
}
