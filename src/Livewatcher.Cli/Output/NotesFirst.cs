// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Cli.Output;

/// <summary>Notes about how it will be watched, before the first event: where the watching does not come about, its one line of
/// error stands alone.</summary>
internal sealed class NotesFirst(IEventSink inner, IReadOnlyList<NoteEvent> notes) : IEventSink
{
    private bool told;

    public void Publish(WatchEvent watchEvent)
    {
        if (!told)
        {
            told = true;
            foreach (NoteEvent note in notes)
                inner.Publish(note);
        }

        inner.Publish(watchEvent);
    }
}
