// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>The armed report: what, where, as what, and who is covered.</summary>
internal sealed class ArmedText(Page page)
{
    private Column _access = new(7);

    public void Write(ArmedEvent armed)
    {
        var watch = armed.Watch;
        var access = watch.Mode.Word();
        page.Add("armed", Tone.Good).To(StackText.Indent).Add(access, Tone.Write);
        page.To(StackText.Indent + _access.Grow(access.Length));
        page.Piece(Cells.Of(watch.Label), StackText.Indent).Add(watch.Label, Tone.Strong);
        if (armed.Initial is { } value)
        {
            Piece($"= {value.Text}", Tone.Value);
        }

        Piece(ObjectOf(watch), Tone.Plain);
        if (SlotsOf(armed) is { Length: > 0 } slots)
        {
            Piece(slots, Tone.Faint);
        }

        page.End();
        if (watch.Resolution is { } resolution)
        {
            page.To(StackText.Indent).Add("resolved: ", Tone.Faint).Sentence(resolution, page.Column);
        }

        if (watch.Condition is { } condition)
        {
            page.To(StackText.Indent).Add("reported if: ", Tone.Faint).Sentence(condition.Text, page.Column);
        }

        page.Sentence(
            $"pid {armed.Process}, {Words.Count(armed.Threads, "thread")}, {Words.Count(armed.Cpus, "CPU")},"
            + $" {Words.Backend(armed.Backend)}, scope {armed.Scope}, guard {(armed.Guard ? "on" : "off")},"
            + $" since {Timestamps.Full(armed.Time)}",
            StackText.Indent);
    }

    private static string ObjectOf(Watch watch) => watch.Mode == AccessMode.Execute
        ? $"at {watch.Address}"
        : $"{watch.TypeName ?? "memory"}, {Words.Count(watch.Length, "byte")} at {watch.Address}";

    // One slot that is the object itself needs no words.
    private static string SlotsOf(ArmedEvent armed)
    {
        var watch = armed.Watch;
        if (watch.Mode == AccessMode.Execute
            || (armed.Slots is [var only] && only.Address == watch.Address && only.Length == watch.Length))
        {
            return "";
        }

        var parts = string.Join(" + ", armed.Slots.Select(slot => $"{slot.Length} at {slot.Address}"));
        return $"({Words.Count(armed.Slots.Count, "slot")}: {parts})";
    }

    private void Piece(string text, Tone tone) => page.Piece(Cells.Of(Printable.Of(text)), StackText.Indent).Add(text, tone);
}
