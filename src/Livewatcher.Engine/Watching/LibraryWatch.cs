// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arising;
using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>What there is to do while a process is held because its list of libraries has changed, or because it stands at its entry,
/// where the libraries that it is linked with are mapped.</summary>
internal sealed class LibraryWatch(SessionPlatform platform, Ledger ledger, WatchedProcesses processes, Armer armer, Reporter reporter, ArisingWatches arisings)
{
    /// <summary>Takes in what came, arms what waited for it, and lets the process go on.</summary>
    /// <param name="id">Who is held.</param>
    /// <param name="isStarted">True for the program that livewatcher has started: a mistake in a name is still told as one.</param>
    /// <exception cref="UserException">A name never comes; the program has ended before any of its code has run.</exception>
    internal void OnChanged(ProcessId id, bool isStarted)
    {
        if (processes.Find(id) is { } process)
            TakeIn(process, isStarted);
        platform.Tracer!.Release(id);
    }

    private void TakeIn(WatchedProcess process, bool isStarted)
    {
        bool atEntry = process.EntryWatched;
        if (atEntry)
        {
            process.EntryWatched = false;
            platform.Tracer!.UnwatchLoader(process.Id);
        }

        bool changed = process.Symbols.RefreshModules();
        if (arisings.Wait && (atEntry || process.Symbols.HasLibraries))
            BeginArising(process, isStarted);
        if (!changed)
            return;
        reporter.WarnAboutSymbols(process);
        foreach (string refusal in armer.ArmPending(process))
        {
            reporter.Note(NoteLevel.Warning, refusal);
            ledger.AddGap(refusal);
        }

        processes.AuditAgain();
        if (isStarted && !process.Symbols.LibrariesMayCome)
            RefuseWhatNeverComes(process);
        if (process.Symbols.HasLibraries)
            armer.SayWhatWaits(process);
    }

    /// <summary>None of the program's own code has run.</summary>
    private void BeginArising(WatchedProcess process, bool isStarted)
    {
        try
        {
            arisings.Begin(process);
        }
        catch (UserException) when (isStarted)
        {
            platform.Tracer!.Abandon(process.Id);
            throw;
        }
    }

    /// <summary>The program's libraries are all there, none of its own code has run, and it never loads another: a name that is still
    /// unknown is a mistake, and is told as one before anything has happened.</summary>
    private void RefuseWhatNeverComes(WatchedProcess process)
    {
        if (process.Pending.Count == 0)
            return;
        (WatchRequest request, string reason) = process.Pending[0];
        platform.Tracer!.Abandon(process.Id);
        throw new UserException($"cannot watch '{request.Expression}': {reason}");
    }
}
