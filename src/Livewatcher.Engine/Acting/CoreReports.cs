// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Acting;

/// <summary>Says what has become of core files, and waits for them at the end.</summary>
/// <param name="actor">Who has begun them.</param>
/// <param name="reporter">Who is told.</param>
/// <param name="step">Goes on with the watching for a moment.</param>
/// <param name="isHurried">The user does not want to wait.</param>
internal sealed class CoreReports(HitActor actor, Reporter reporter, Action step, Func<bool> isHurried)
{
    internal void Report()
    {
        foreach (CoreFile core in actor.TakeCores())
        {
            if (core.Failure is { } failure)
                reporter.Note(NoteLevel.Warning, $"no core file of process {core.Process} ({core.File}): {failure}");
            else
                reporter.Note(NoteLevel.Info, $"{core.File}: core file of process {core.Process}, {core.Bytes:N0} bytes; it stood still for {core.Took.TotalSeconds:0.0} s at most");
        }
    }

    /// <summary>What has been begun is written to its end, unless the user is in a hurry: the process stands still till then.</summary>
    internal void AwaitEnd()
    {
        if (!actor.IsBusy)
            return;
        reporter.Note(NoteLevel.Info, "waiting for a core file (Ctrl-C again breaks it off)");
        while (actor.IsBusy && !isHurried())
            step();
        Report();
        actor.AbandonCores();
    }
}
