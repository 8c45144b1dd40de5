// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Keeps what it is told.</summary>
internal sealed class RecordingSink : IEventSink
{
    internal List<WatchEvent> Events { get; } = [];

    internal IReadOnlyList<ArmedEvent> Armed => [.. Events.OfType<ArmedEvent>()];

    internal IReadOnlyList<Hit> Hits => [.. Events.OfType<Hit>().Where(hit => !hit.Escaped)];

    internal IReadOnlyList<Hit> Escapes => [.. Events.OfType<Hit>().Where(hit => hit.Escaped)];

    internal IReadOnlyList<string> Notes => [.. Events.OfType<NoteEvent>().Select(note => note.Text)];

    internal IReadOnlyList<WriterRow> Writers => [.. Events.OfType<WriterRow>()];

    internal CoverageEvent Coverage => Events.OfType<CoverageEvent>().Single();

    /// <summary>Called for each event, on the session's thread.</summary>
    internal Action<WatchEvent>? OnPublish { get; set; }

    public void Publish(WatchEvent watchEvent)
    {
        Events.Add(watchEvent);
        OnPublish?.Invoke(watchEvent);
    }
}
