// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Text;
using Livewatcher.Linux.Interop;
using Livewatcher.Render;

namespace Livewatcher.Cli.Output;

/// <summary>Says on standard error how far something has come, where that is a terminal and it takes longer than half a second. The line goes again.</summary>
internal sealed class ProgressLine : IDisposable
{
    private const int Patience = 500;
    private const int Interval = 100;

    private readonly Lock gate = new();
    private readonly DescriptorStream terminal = new(2);
    private readonly Timer? timer;
    private readonly Stopwatch since = new();
    private readonly Stopwatch cleared = new();
    private string? what;
    private Func<double?>? part;
    private bool isDrawn;

    /// <param name="isWanted">False where somebody else has the terminal.</param>
    internal ProgressLine(bool isWanted)
    {
        if (isWanted && !Console.IsErrorRedirected)
            timer = new Timer(_ => Tick(), null, Interval, Interval);
    }

    /// <summary>Something begins, or goes on under another name.</summary>
    /// <param name="begins">What.</param>
    /// <param name="done">From 0 to 1, asked from another thread; null where nobody knows (yet) how much it is.</param>
    internal void Show(string begins, Func<double?>? done = null)
    {
        lock (gate)
        {
            if (what is null)
                since.Restart();
            what = begins;
            part = done;
        }
    }

    /// <summary>Makes room for something else; the line comes again below it, if for half a second nothing else does.</summary>
    internal void Clear()
    {
        lock (gate)
        {
            cleared.Restart();
            Erase();
        }
    }

    /// <summary>It is done.</summary>
    internal void Hide()
    {
        lock (gate)
        {
            what = null;
            Erase();
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        Hide();
    }

    private void Tick()
    {
        lock (gate)
        {
            if (what is null || since.ElapsedMilliseconds < Patience || (cleared.IsRunning && cleared.ElapsedMilliseconds < Patience))
                return;
            int width = OutputSink.TerminalWidth();
            Write($"\r{ProgressBar.Draw(what, part?.Invoke(), since.Elapsed, width > 0 ? width : 80)}\e[K");
            isDrawn = true;
        }
    }

    private void Erase()
    {
        if (isDrawn)
            Write("\r\e[K");
        isDrawn = false;
    }

    private void Write(string text)
    {
        try
        {
            terminal.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            what = null; // the terminal is gone
        }
    }
}
