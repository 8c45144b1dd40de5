// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Cli.Options;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;
using Livewatcher.Render;

namespace Livewatcher.Cli.Output;

/// <summary>The chosen renderer on the chosen stream, flushed at each event, of hits in a row at the first and soon after the rest. When the reader goes away or the disk is
/// full, the watching ends; the target does not notice.</summary>
internal sealed class OutputSink : IEventSink, IDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(50);

    private readonly BufferedStream stream;
    private readonly StreamWriter? text;
    private readonly IEventSink renderer;
    private readonly CancellationTokenSource stop;
    private readonly Timer flusher;
    private readonly Lock gate = new();
    private bool dirty;
    private bool ticking;
    private bool disposed;

    private OutputSink(Stream target, OutputSettings settings, bool terminal, CancellationTokenSource stop, Func<StackDetail>? detail)
    {
        this.stop = stop;
        stream = new BufferedStream(target, 1 << 16);
        if (settings.Format is "json" or "perfetto" or "html")
        {
            renderer = settings.Format switch
            {
                "json" => new JsonRenderer(stream),
                "html" => new HtmlRenderer(stream, settings.Page),
                _ => new TraceRenderer(stream),
            };
            flusher = new Timer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        if (settings.Format is "csv" or "folded")
        {
            renderer = settings.Format == "csv" ? new CsvRenderer(text) : new FoldedRenderer(text);
        }
        else
        {
            bool colour = settings.Color == "always" || (settings.Color == "auto" && terminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or "");
            renderer = new TextRenderer(text, new TextOptions
            {
                Colour = colour,
                Width = terminal ? TerminalWidth() : 0,
                Source = settings.Source ? new SourceFiles(settings.Places) : null,
                CollapseRepeats = terminal,
                Hits = settings.Hits,
                Detail = detail ?? (() => StackDetail.All),
            });
        }

        flusher = new Timer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why writing has failed; null where it has not.</summary>
    internal string? Failure { get; private set; }

    /// <param name="settings">What the user wants.</param>
    /// <param name="standardError">True for run, whose standard output is the target's.</param>
    /// <param name="stop">Ends the watching when nothing can be written any more.</param>
    /// <exception cref="UserException">The file cannot be written.</exception>
    internal static OutputSink Open(OutputSettings settings, bool standardError, CancellationTokenSource stop) => Open(
        settings,
        () => (new DescriptorStream(standardError ? 2 : 1), standardError ? !Console.IsErrorRedirected : !Console.IsOutputRedirected),
        stop,
        detail: null);

    /// <param name="settings">What the user wants.</param>
    /// <param name="standard">Where it goes without --output, and whether that is a terminal.</param>
    /// <param name="stop">Ends the watching when nothing can be written any more.</param>
    /// <param name="detail">How much of each frame is shown.</param>
    /// <exception cref="UserException">The file cannot be written.</exception>
    internal static OutputSink Open(
        OutputSettings settings, Func<(Stream Stream, bool Terminal)> standard, CancellationTokenSource stop, Func<StackDetail>? detail)
    {
        if (settings.File is not { } file)
        {
            (Stream stream, bool terminal) = standard();
            return new OutputSink(stream, settings, terminal, stop, detail);
        }

        try
        {
            return new OutputSink(new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, 0), settings, terminal: false, stop, detail);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserException($"cannot write --output {file}: {e.Message}");
        }
    }

    public void Publish(WatchEvent watchEvent)
    {
        lock (gate)
        {
            if (Failure is not null)
                return;
            try
            {
                renderer.Publish(watchEvent);
                dirty = true;
                if (watchEvent is not Hit || !ticking)
                    FlushNow();
                if (watchEvent is Hit)
                    Tick(true);
            }
            catch (IOException e)
            {
                Fail(e);
            }
        }
    }

    /// <summary>Text for people, between events. Nothing where events are JSON.</summary>
    internal void Say(string words)
    {
        lock (gate)
        {
            if (text is null || Failure is not null)
                return;
            try
            {
                text.Write(words);
                FlushNow();
            }
            catch (IOException e)
            {
                Fail(e);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
            flusher.Dispose();
            try
            {
                if (Failure is null)
                {
                    (renderer as IDisposable)?.Dispose(); // some write their end
                    FlushNow();
                    stream.Dispose();
                }
            }
            catch (IOException e)
            {
                Fail(e);
            }
        }
    }

    /// <summary>Columns; 0 where it does not say.</summary>
    internal static int TerminalWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Never waits: who shows a hit may wait for a source server, whose answer comes by a thread of the pool, and twenty of these a second
    /// would take all that there are. What is left is flushed at the next tick.</summary>
    private void Flush()
    {
        if (!gate.TryEnter())
            return;
        try
        {
            if (dirty && Failure is null)
                FlushNow();
            else
                Tick(false);
        }
        catch (IOException e)
        {
            Fail(e);
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>Nobody is woken for nothing: it ticks from a hit on until there was none between two ticks. Under the gate.</summary>
    /// <param name="on">Whether it shall.</param>
    private void Tick(bool on)
    {
        if (ticking == on || disposed)
            return;
        ticking = on;
        TimeSpan interval = on ? FlushInterval : Timeout.InfiniteTimeSpan;
        flusher.Change(interval, interval);
    }

    private void FlushNow()
    {
        text?.Flush();
        stream.Flush();
        dirty = false;
    }

    private void Fail(IOException e)
    {
        Failure = e.Message;
        stop.Cancel();
    }
}
