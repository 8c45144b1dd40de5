// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Export.Messages;

/// <summary>Makes messages of events. What answers a question, and the table of writers, is for who sits there: it is not sent.</summary>
internal static class MessageText
{
    internal static bool IsTold(WatchEvent watchEvent) =>
        watchEvent is Hit or ArmedEvent or DisarmedEvent or MessageEvent or NoteEvent or CoverageEvent;

    /// <param name="watchEvent">One that <see cref="IsTold"/>.</param>
    internal static Message Of(WatchEvent watchEvent) => watchEvent switch
    {
        Hit hit => OfHit(hit),
        ArmedEvent armed => New(armed.Time, Severity.Info, "armed", $"armed {armed.Watch.Label} in process {armed.Process}{Is(armed.Initial)}", new FieldList()
            .Add("watch", armed.Watch.Label).Add("access", armed.Watch.Mode.Word()).Add("process", armed.Process.Value).Add("address", $"{armed.Watch.Address}")
            .Add("value", armed.Initial?.Text).Add("backend", armed.Backend).Add("scope", armed.Scope).Add("threads", armed.Threads)),
        DisarmedEvent disarmed => New(disarmed.Time, Severity.Info, "disarmed", $"disarmed {disarmed.Watch.Label} in process {disarmed.Process}", new FieldList()
            .Add("watch", disarmed.Watch.Label).Add("process", disarmed.Process.Value).Add("counted", (long)disarmed.Account.Counted)
            .Add("recorded", (long)disarmed.Account.Recorded).Add("dropped", (long)disarmed.Account.Dropped)),
        MessageEvent said => New(said.Time, Severity.Info, "message", $"{said.ThreadName} ({said.Thread ?? new ThreadId(said.Process.Value)}): {said.Text}", new FieldList()
            .Add("process", said.Process.Value).Add("thread", said.Thread?.Value).Add("thread_name", said.ThreadName)),
        NoteEvent note => New(note.Time, note.Level == NoteLevel.Warning ? Severity.Warning : Severity.Info, "note", note.Text, new FieldList()),
        CoverageEvent coverage => OfCoverage(coverage),
        _ => throw new ArgumentException($"{watchEvent.GetType().Name} is not sent.", nameof(watchEvent)),
    };

    private static Message OfHit(Hit hit)
    {
        Frame? writer = hit.Stack.Frames.Count > 0 ? hit.Stack.Frames[0] : null;
        FieldList fields = new FieldList()
            .Add("watch", hit.Watch.Label).Add("access", hit.Access.Word()).Add("sequence", hit.Sequence).Add("address", $"{hit.Address}")
            .Add("old", hit.Old?.Text).Add("new", hit.New?.Text)
            .Add("process", hit.Process.Value).Add("thread", hit.Thread?.Value).Add("thread_name", hit.ThreadName).Add("cpu", hit.Cpu)
            .Add("function", writer?.Function).Add("file", writer?.File).Add("line", writer is { Line: > 0 } ? writer.Line : null).Add("module", writer?.Module)
            .Add("syscall", hit.SystemCall).Add("instruction", hit.Instruction?.Text)
            .Add("stack", hit.Stack.Frames.Count > 0 ? Render.Folded.StackOf(hit.Stack) : null, FieldList.LongestStack);
        string change = (hit.Old, hit.New) switch
        {
            ({ } old, { } now) => $": {old.Text} -> {now.Text}",
            (null, { } now) => $": {now.Text}",
            _ => "",
        };
        string by = hit.Escaped
            ? " by nobody who was seen"
            : $" by {Writer(hit)}, {hit.ThreadName ?? "thread"} ({hit.Thread})";
        return New(hit.Time, hit.Escaped ? Severity.Warning : Severity.Notice, hit.Escaped ? "escape" : "hit", $"{hit.Access.Word()} {hit.Watch.Label}{change}{by}", fields);
    }

    /// <summary>Who made an access, in few words: the innermost function with its line; what is known where there is none.</summary>
    internal static string Writer(Hit hit)
    {
        if (hit.Escaped)
            return "unknown (escaped)";
        string call = Hit.NameOfCall(hit.SystemCall) is { Length: > 0 } name ? $" in {name}()" : "";
        return hit.Stack.Frames is not [var frame, ..]
            ? $"unknown{call}"
            : $"{frame.Function ?? $"{frame.Module ?? "code"} at {frame.Address}"}{(frame is { File: { } file, Line: > 0 } ? string.Create(CultureInfo.InvariantCulture, $" {Path.GetFileName(file)}:{frame.Line}") : "")}{call}";
    }

    private static Message OfCoverage(CoverageEvent coverage)
    {
        string verdict = coverage.Complete ? "complete" : $"not complete: {string.Join("; ", coverage.Gaps)}";
        return New(coverage.To, coverage.Complete ? Severity.Info : Severity.Warning, "coverage",
            string.Create(CultureInfo.InvariantCulture, $"{coverage.Hits.Reported} hits reported, {coverage.Why}; {verdict}"), new FieldList()
                .Add("complete", coverage.Complete ? "yes" : "no").Add("gaps", coverage.Gaps.Count).Add("backend", coverage.Backend).Add("scope", coverage.Scope)
                .Add("counted", coverage.Hits.Counted).Add("recorded", coverage.Hits.Recorded).Add("filtered", coverage.Hits.Filtered)
                .Add("dropped", coverage.Hits.Dropped).Add("skipped", coverage.Hits.Skipped).Add("escaped", coverage.Hits.Escaped)
                .Add("reported", coverage.Hits.Reported).Add("threads", coverage.Threads).Add("processes", coverage.Processes));
    }

    private static string Is(Value? value) => value is null ? "" : $" = {value.Text}";

    private static Message New(DateTimeOffset time, Severity severity, string kind, string text, FieldList fields) =>
        new(time, severity, kind, FieldList.Clean(text), fields.All);
}
