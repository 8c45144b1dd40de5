// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols;

namespace Livewatcher.Cli.Screen;

/// <summary>What a user wants to see of the hits: a condition, as report --filter has it, or else a text that is searched for.</summary>
internal sealed class ShownHits
{
    /// <summary>Who writes one of these means a condition, and wants to know what is wrong with it.</summary>
    private static readonly string[] Operators = ["==", "!=", "<", ">", "&&", "||"];

    private readonly string text;
    private readonly Dictionary<Watch, RecordedCondition?> compiled = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Label, AccessMode Mode), long> counts = [];

    private ShownHits(string text, bool isCondition)
    {
        this.text = text;
        IsCondition = isCondition;
    }

    internal bool IsCondition { get; }

    /// <param name="text">As typed.</param>
    /// <param name="watches">What is watched.</param>
    /// <exception cref="UserException">It is a condition, and no watch's hits can decide it.</exception>
    internal static ShownHits Parse(string text, IReadOnlyCollection<Watch> watches)
    {
        UserException? why = null;
        foreach (Watch watch in watches)
        {
            try
            {
                RecordedCondition.Compile(text, watch);
                return new ShownHits(text, isCondition: true);
            }
            catch (UserException e)
            {
                why = e;
            }
        }

        return why is not null && Operators.Any(one => text.Contains(one, StringComparison.Ordinal)) ? throw why : new ShownHits(text, isCondition: false);
    }

    internal bool Takes(Hit hit)
    {
        if (!IsCondition)
            return Words(hit).Any(word => word?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);
        (string, AccessMode) key = (hit.Watch.Label, hit.Watch.Mode);
        long count = counts[key] = counts.GetValueOrDefault(key) + (hit.Escaped ? 0 : hit.Merged);
        if (!compiled.TryGetValue(hit.Watch, out RecordedCondition? condition))
            compiled[hit.Watch] = condition = CompileFor(hit.Watch);
        // What it does not fit is another watch's.
        return condition is not null && condition.Decide(hit, count) != Verdict.Fails;
    }

    private RecordedCondition? CompileFor(Watch watch)
    {
        try
        {
            return RecordedCondition.Compile(text, watch);
        }
        catch (UserException)
        {
            return null;
        }
    }

    private static IEnumerable<string?> Words(Hit hit)
    {
        yield return hit.Watch.Label;
        yield return hit.ThreadName;
        yield return hit.Thread?.ToString();
        yield return hit.Old?.Text;
        yield return hit.New?.Text;
        yield return hit.SystemCall;
        foreach (Frame frame in hit.Stack.Frames)
        {
            yield return frame.Function;
            yield return frame.File;
            yield return frame.Module;
        }
    }
}
