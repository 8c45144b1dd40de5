// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Cli.Options;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Symbols;
using Livewatcher.Symbols.Expressions.Lookup;

namespace Livewatcher.Cli.Output;

/// <summary>Decides of one recording's hits, in their order, which are meant, and counts.</summary>
internal sealed class RecordedSelection
{
    private const int MostListed = 10;

    private readonly SelectionSettings settings;
    private readonly string? condition;
    private readonly bool hasOthers;
    private readonly Dictionary<Watch, RecordedCondition> compiled = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Label, AccessMode Mode), long> counts = [];
    private long shown;
    private long setAside;
    private long undecided;

    private RecordedSelection(SelectionSettings settings, IReadOnlyCollection<Watch> armed)
    {
        this.settings = settings;
        condition = settings.Conditions.Count switch
        {
            0 => null,
            1 => settings.Conditions[0],
            _ => string.Join(" && ", settings.Conditions.Select(one => $"({one})")),
        };
        hasOthers = armed.DistinctBy(watch => (watch.Label, watch.Mode)).Count() > 1;
    }

    /// <summary>What was set aside so far.</summary>
    internal HitSelection Outcome => new(Words, shown, setAside, undecided);

    private string Words => string.Join(' ', settings.Watches.Select(label => $"--watch '{label}'").Concat(settings.Conditions.Select(one => $"--filter '{one}'")));

    /// <param name="settings">What the user wants.</param>
    /// <param name="file">Of which recording. What was armed in it is looked at now, so that a mistake is told before anything is written.</param>
    /// <returns>Null where every hit is meant.</returns>
    /// <exception cref="UserException">A watch is not in it, or a condition cannot be decided on its hits.</exception>
    internal static RecordedSelection? For(SelectionSettings settings, RecordingFile file)
    {
        if (settings.IsEverything)
            return null;
        List<Watch> armed = [.. file.Events(withHits: false).OfType<ArmedEvent>().Select(one => one.Watch).Distinct(ReferenceEqualityComparer.Instance).Cast<Watch>()];
        List<string> labels = [.. armed.Select(watch => watch.Label).Distinct(StringComparer.Ordinal)];
        foreach (string label in settings.Watches.Where(label => !labels.Contains(label, StringComparer.Ordinal)))
        {
            string list = labels.Count <= MostListed ? $"; armed were {string.Join(", ", labels.Select(one => $"'{one}'"))}" : NearestNames.Phrase(NearestNames.Find(label, labels));
            throw new UserException($"--watch '{label}': nothing of that name was armed in this recording{(labels.Count == 0 ? "" : list)}");
        }

        foreach (string one in settings.Conditions)
            RecordedCondition.Check(one);
        RecordedSelection selection = new(settings, armed);
        foreach (Watch watch in armed.Where(selection.IsOfWatch))
            selection.ConditionOf(watch);
        return selection;
    }

    /// <summary>The hit as it is shown; null where it is set aside.</summary>
    /// <exception cref="UserException">The condition cannot be decided on hits of its watch.</exception>
    internal Hit? Take(Hit hit)
    {
        (string, AccessMode) key = (hit.Watch.Label, hit.Watch.Mode);
        long count = counts[key] = counts.GetValueOrDefault(key) + (hit.Escaped ? 0 : hit.Merged);
        Verdict verdict = !IsOfWatch(hit.Watch) ? Verdict.Fails : ConditionOf(hit.Watch)?.Decide(hit, count) ?? Verdict.Holds;
        if (verdict == Verdict.Fails)
        {
            setAside++;
            return null;
        }

        shown++;
        if (verdict == Verdict.Holds)
            return hit;
        undecided++;
        return hit with { Undecided = true };
    }

    private bool IsOfWatch(Watch watch) => settings.Watches.Count == 0 || settings.Watches.Contains(watch.Label, StringComparer.Ordinal);

    private RecordedCondition? ConditionOf(Watch watch)
    {
        if (condition is null)
            return null;
        if (compiled.TryGetValue(watch, out RecordedCondition? known))
            return known;
        try
        {
            return compiled[watch] = RecordedCondition.Compile(condition, watch);
        }
        catch (UserException e) when (hasOthers)
        {
            throw new UserException($"{e.Message}; --watch takes the hits of one watch only");
        }
    }
}
