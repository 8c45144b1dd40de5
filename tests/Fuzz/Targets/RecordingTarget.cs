// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Fuzz.Hostile;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Symbols;

namespace Livewatcher.Fuzz.Targets;

/// <summary>The input is a file that somebody calls a recording: it is read to its end, or is one line of error.</summary>
internal static class RecordingTarget
{
    internal static void Run(byte[] input)
    {
        Scratch.Put(input);
        try
        {
            using RecordingFile file = RecordingFile.Open(Scratch.Program);
            WriterTable writers = new();
            List<ArmedEvent> armed = [];
            long hits = 0;
            foreach (WatchEvent one in file.Events())
            {
                if (one is Hit hit)
                {
                    Filter(hit);
                    writers.Add(hit);
                    hits++;
                }
                else if (one is ArmedEvent arming)
                {
                    armed.Add(arming);
                }
            }

            Claim.Holds(hits <= input.Length, "a hit takes at least a byte");
            Claim.Holds(writers.Rank().Sum(row => row.Count) <= hits, "writers have no more hits than there are");
            CoverageEvent coverage = file.Closing ?? file.Unclosed(armed, hits, null);
            Claim.Holds(coverage.Closed || !coverage.Complete, "what has no end is not complete");
        }
        catch (UserException e)
        {
            Claim.IsPrintable(e.Message, "an error");
        }
    }

    /// <summary>The file says itself of what type its values are.</summary>
    private static void Filter(Hit hit)
    {
        foreach (string condition in (ReadOnlySpan<string>)["new != old && tid > 1", "new.x - old.x < 3", "new - old == 1 || thread == \"main\""])
        {
            try
            {
                RecordedCondition.Compile(condition, hit.Watch).Decide(hit, 1);
            }
            catch (UserException)
            {
                // Not of this type.
            }
        }
    }
}
