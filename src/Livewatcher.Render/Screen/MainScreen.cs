// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render.Screen;

/// <summary>Watches with their rates, writers, newest hits, the account, and what the keys do.</summary>
internal static class MainScreen
{
    private const int Narrow = 60;
    private const int Wide = 120;

    public static List<string> Draw(ScreenModel model, ScreenState state, ScreenLook look)
    {
        var watches = Math.Clamp(model.Watches.Count, 1, Math.Max(look.Height / 6, 1));
        // Title, two headings, the account, the keys.
        var rest = Math.Max(look.Height - watches - 5, 2);
        var hits = Math.Max(rest * 2 / 5, 1);
        List<string> lines = [Title(model, state, look)];
        AddWatches(lines, model, watches, look);
        lines.Add(Heading($"{Words.Count(model.Writers.Count, "writer")}, {WriterOrders.Words(state.Order)}", Filter(model, state), state.Pane == ScreenPane.Writers, look));
        AddList(lines, model.Writers, state.IndexIn(model.Writers), rest - hits, (row, marked) => WriterLine(row, marked && state.Pane == ScreenPane.Writers, model, look));
        lines.Add(Heading("newest hits", "", state.Pane == ScreenPane.Hits, look));
        AddList(lines, model.Hits, state.IndexIn(model.Hits), hits, (hit, marked) => HitLine(hit, marked && state.Pane == ScreenPane.Hits, model.Watches.Count > 1, look));
        lines.Add(Account(model, look));
        lines.Add(Keys(state, look));
        return lines;
    }

    private static string Title(ScreenModel model, ScreenState state, ScreenLook look)
    {
        var elapsed = $"{(long)model.Elapsed.TotalHours}:{model.Elapsed.Minutes:00}:{model.Elapsed.Seconds:00}";
        var mode = look.Width >= Narrow && model.Mode.Length > 0 ? $"  {model.Mode}" : "";
        return new ScreenLine(look).Add(model.Title, Tone.Strong).Add(model.Ended is { } why ? $"  ended: {why}" : mode)
            .Right($" {(state.Paused ? "PAUSED  " : "")}{elapsed}").End(inverse: true);
    }

    private static void AddWatches(List<string> lines, ScreenModel model, int count, ScreenLook look)
    {
        foreach (var watch in model.Watches.Take(count))
        {
            var label = Math.Clamp(model.Watches.Max(one => Cells.Of(Printable.Of(one.Label))), 8, Math.Max(look.Width / 3, 8));
            var hits = $"{watch.Hits:N0}";
            var line = new ScreenLine(look).Cell(watch.Label, label, watch.Waits ? Tone.Faint : Tone.Strong).Cell($"= {watch.Value ?? "?"}", look.Width < Narrow ? 0 : Math.Max(look.Width / 6, 12), Tone.Value)
                .Cell(watch.Waits ? "waits" : Sparkline.Rate(watch.Rate), 9, right: true);
            lines.Add(line.Cell(Sparkline.Of(watch.PerSecond, Math.Min(line.Room - hits.Length - 2, 60), look.Unicode), Math.Min(line.Room - hits.Length - 2, 60), Tone.Write).Right(hits).End());
        }

        if (model.Watches.Count == 0)
        {
            lines.Add(new ScreenLine(look).Add(model.Ended is null ? "nothing is armed yet" : "nothing was armed", Tone.Faint).End());
        }
        else if (model.Watches.Count > count)
        {
            lines[^1] = new ScreenLine(look).Add($"and {model.Watches.Count - count + 1} more watches", Tone.Faint).End();
        }
    }

    private static string Filter(ScreenModel model, ScreenState state) => state.Filter is not { } filter ? ""
        : $"{(state.FilterIsCondition ? "where" : "with")} {filter}{(model.Filtered is { } part ? $": {part.Shown:N0} of the newest {part.Held:N0}" : "")}";

    private static string Heading(string text, string more, bool active, ScreenLook look)
    {
        var line = new ScreenLine(look).Add(active ? "== " : "-- ", active ? Tone.Strong : Tone.Faint).Add(text, active ? Tone.Strong : Tone.Faint).Add(" ");
        if (more.Length > 0)
        {
            line.Add("- ", Tone.Faint).Add(more, Tone.Warning).Add(" ");
        }

        return line.Add(new string(active ? '=' : '-', line.Room), active ? Tone.Strong : Tone.Faint).End();
    }

    private static void AddList<T>(List<string> lines, IReadOnlyList<T> items, int marked, int room, Func<T, bool, string> draw)
    {
        var top = Math.Clamp(marked - room + 1, 0, Math.Max(items.Count - room, 0));
        for (var i = top; i < top + room; i++)
        {
            lines.Add(i < items.Count ? draw(items[i], i == marked) : "");
        }
    }

    private static string WriterLine(WriterRow row, bool marked, ScreenModel model, ScreenLook look)
    {
        var several = model.Watches.Count > 1;
        var ignored = model.Ignored.Contains(WriterKey.Of(row).Place);
        var watch = !several || look.Width < Narrow ? 0 : look.Width >= Wide ? 24 : 12;
        var place = look.Width < Narrow ? 0 : look.Width >= Wide ? 32 : 20;
        var values = look.Width < Narrow ? 0 : look.Width >= Wide ? 24 : 14;
        var threads = look.Width >= Wide ? 24 : 0;
        var reason = look.Width >= Wide ? 30 : 0;
        var fixedPart = 2 + 10 + new[] { watch, place, values, threads, reason }.Sum(columns => columns > 0 ? columns + 1 : 0);
        var first = row.Stack.Frames is [var innermost, ..] ? innermost : null;
        var function = first is null ? "?" : StackText.FunctionOf(first);
        return new ScreenLine(look).Add(marked ? "> " : "  ", Tone.Alarm).Cell($"{row.Count:N0}", 9, Tone.Strong, right: true)
            .Cell(row.SystemCall is { } call ? $"{function} ({call})" : function, Math.Max(look.Width - fixedPart - 1, 8), Tone.Function)
            .Cell(first is null ? "" : StackText.PlaceOf(first, fullPaths: false), place, Tone.Place).Cell(row.Watch.Label, watch)
            .Cell(ignored ? "ignored" : string.Join(' ', row.Values.Select(value => value.Text)), values, ignored ? Tone.Warning : Tone.Value)
            .Cell(string.Join(' ', row.Threads), threads, Tone.Thread).Cell(row.Reason ?? "", reason, Tone.Faint).End(inverse: marked);
    }

    private static string HitLine(Hit hit, bool marked, bool several, ScreenLook look)
    {
        var clock = Timestamps.Clock(hit.Time);
        var time = look.Width < Narrow ? 8 : look.Width < Wide ? 12 : clock.Length;
        var watch = several && look.Width >= Narrow ? look.Width >= Wide ? 24 : 12 : 0;
        var values = look.Width < Narrow ? 12 : look.Width >= Wide ? 40 : 18;
        var thread = look.Width < Narrow ? 0 : look.Width >= Wide ? 30 : 16;
        var fixedPart = 2 + new[] { time, watch, values, thread }.Sum(columns => columns > 0 ? columns + 1 : 0);
        var by = hit.Escaped ? "ESCAPED, no hit seen" : hit.Stack.Frames is [var first, ..] ? StackText.FunctionOf(first) : "?";
        return new ScreenLine(look).Add(marked ? "> " : "  ", Tone.Alarm).Cell(clock[..time], time, Tone.Faint).Cell(hit.Watch.Label, watch)
            .Cell(HitText.ValuesOf(hit), values, Tone.Value).Cell(by, Math.Max(look.Width - fixedPart - 1, 8), hit.Escaped ? Tone.Alarm : Tone.Function)
            .Cell(hit.Thread is { } id ? $"{hit.ThreadName} ({id})" : "", thread, Tone.Thread).End(inverse: marked);
    }

    /// <summary>First what can have been missed; then what was counted and is not shown.</summary>
    private static string Account(ScreenModel model, ScreenLook look)
    {
        var line = new ScreenLine(look);
        if (model.Gaps.Count > 0)
        {
            line.Add(look.Width < Narrow ? $"{Words.Count(model.Gaps.Count, "gap")} " : $"NOT COMPLETE: {Words.Count(model.Gaps.Count, "gap")} (n) ", Tone.Alarm);
        }
        else
        {
            line.Add(!model.Closed ? "without an end " : model.Ended is null ? "no gap so far " : "complete ", model.Closed ? Tone.Good : Tone.Alarm);
        }

        var counts = model.Counts ?? new HitCounts();
        if (look.Width < Narrow)
        {
            return line.Add($"d{counts.Dropped:N0} s{counts.Skipped:N0} e{counts.Escaped:N0}", Loss(counts)).Right($"{model.Reported:N0} hits").End();
        }

        line.Add("| ").Add($"{model.Reported:N0} hits", Tone.Strong).Add(", ").Add($"{counts.Dropped:N0} dropped", counts.Dropped > 0 ? Tone.Alarm : Tone.Plain).Add(", ")
            .Add($"{counts.Skipped:N0} skipped", counts.Skipped > 0 ? Tone.Alarm : Tone.Plain).Add(", ").Add($"{counts.Escaped:N0} escaped", counts.Escaped > 0 ? Tone.Alarm : Tone.Plain)
            .Add($", {counts.Filtered:N0} filtered, {counts.Recovered:N0} recovered");
        return line.End();
    }

    private static Tone Loss(HitCounts counts) => counts.Dropped + counts.Skipped + counts.Escaped > 0 ? Tone.Alarm : Tone.Plain;

    private static string Keys(ScreenState state, ScreenLook look)
    {
        if (state.Prompt is { } prompt)
        {
            // The end of a long text is where one types.
            var room = Math.Max(look.Width - Cells.Of(prompt.Label) - 3, 8);
            var text = prompt.Text.Length > room ? prompt.Text[^room..] : prompt.Text;
            return new ScreenLine(look).Add(prompt.Label, Tone.Strong).Add($" {text}_").End();
        }

        return state.Message is { } message
            ? new ScreenLine(look).Add(message, Tone.Warning).End()
            : new ScreenLine(look).Add("q quit  ? help  Enter stack  s sort  p pause  f filter  i ignore  w record", Tone.Faint).End();
    }
}
