// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Recording;

/// <summary>Takes what a session publishes. Add, TakeNews and Finish belong to the session's thread, and only Finish waits.</summary>
public interface IRecorder : IDisposable
{
    void Add(WatchEvent watchEvent);

    /// <summary>What the user must know of the recording by now; null where that is nothing new.</summary>
    NoteEvent? TakeNews();

    /// <summary>Writes all that is left, and the statement, and closes the file.</summary>
    /// <returns>The statement with what the recording lacks for want of us.</returns>
    CoverageEvent Finish(CoverageEvent coverage);
}
