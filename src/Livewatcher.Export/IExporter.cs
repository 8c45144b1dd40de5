// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Export;

/// <summary>Hands on what a session publishes. All of it belongs to the session's thread, and only Finish waits, for some seconds at
/// most.</summary>
public interface IExporter : IDisposable
{
    void Add(WatchEvent watchEvent);

    /// <summary>The account of what goes on.</summary>
    void Take(SessionTally tally)
    {
    }

    /// <summary>What the user must know of the export by now; null where that is nothing new.</summary>
    NoteEvent? TakeNews();

    /// <summary>Sends what is left, and the statement.</summary>
    /// <returns>The statement with what did not reach the receiver, as a gap.</returns>
    CoverageEvent Finish(CoverageEvent coverage);
}
