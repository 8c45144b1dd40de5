// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Export;
using Livewatcher.Model;

namespace Livewatcher.Cli.Output;

/// <summary>Whatever is shown goes out too, and what the exporters have to say comes as notes between. Behind the recorder: what did not
/// reach a receiver is no gap of a recording.</summary>
internal sealed class ExportedSink : IEventSink
{
    private readonly IEventSink shown;
    private readonly Exporters exporters;

    private ExportedSink(IEventSink shown, Exporters exporters)
    {
        this.shown = shown;
        this.exporters = exporters;
    }

    internal static IEventSink Before(IEventSink shown, Exporters exporters) => exporters.Any ? new ExportedSink(shown, exporters) : shown;

    public void Publish(WatchEvent watchEvent)
    {
        if (watchEvent is CoverageEvent coverage)
        {
            CoverageEvent whole = exporters.Finish(coverage);
            TellNews();
            shown.Publish(whole);
            return;
        }

        exporters.Add(watchEvent);
        shown.Publish(watchEvent);
        TellNews();
    }

    private void TellNews()
    {
        while (exporters.TakeNews() is { } note)
            shown.Publish(note);
    }
}
