// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Cli.Screen;

/// <summary>Shows what is published on a screen, and reports it besides: to a file as it comes, to the terminal when the screen has gone.</summary>
internal sealed class ScreenSink : IEventSink
{
    private readonly LiveScreen screen;
    private readonly HeldStream? held;

    private ScreenSink(LiveScreen screen, OutputSink report, HeldStream? held)
    {
        this.screen = screen;
        Report = report;
        this.held = held;
    }

    /// <summary>The caller's from here on.</summary>
    internal OutputSink Report { get; }

    /// <param name="screen">Where it is shown.</param>
    /// <param name="settings">How it is reported.</param>
    /// <param name="standardError">True for run, whose standard output is the target's.</param>
    /// <param name="stop">Ends the watching when nothing can be written any more.</param>
    /// <exception cref="UserException">The file cannot be written.</exception>
    internal static ScreenSink Open(LiveScreen screen, OutputSettings settings, bool standardError, CancellationTokenSource stop)
    {
        if (settings.File is not null)
            return new ScreenSink(screen, OutputSink.Open(settings, standardError, stop), null);
        HeldStream until = new(new DescriptorStream(standardError ? 2 : 1));
        bool terminal = standardError ? screen.WasTerminal.Error : screen.WasTerminal.Output;
        return new ScreenSink(screen, OutputSink.Open(settings with { Hits = false }, () => (until, terminal), stop, detail: null), until);
    }

    public void Publish(WatchEvent watchEvent)
    {
        screen.Publish(watchEvent);
        Report.Publish(watchEvent);
    }

    /// <summary>The screen goes; the report comes.</summary>
    internal void Close()
    {
        screen.Close();
        try
        {
            held?.Release();
        }
        catch (IOException)
        {
            // Whoever would read it is gone, and with him the screen.
        }
    }
}
