// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>What was done about a hit, below it.</summary>
internal sealed class ActionText(Page page)
{
    private const int BytesInLine = 16;

    public void Write(IReadOnlyList<ActionOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            // A command is to be copied: it stays in one piece.
            page.To(StackText.Indent).Add(Printable.Of(ActionWords.Of(outcome)), outcome.Failure is null ? Tone.Strong : Tone.Alarm);
            page.Add(outcome.Next is { } next ? $": {Printable.Of(next)}" : "").End();
            foreach (var line in outcome.Snapshot)
            {
                Write(line);
            }
        }
    }

    private void Write(SnapshotLine line)
    {
        var at = line.Address is { } address ? $" at {address}" : "";
        page.To(StackText.Indent + 2).Add(Printable.Of(line.Expression), Tone.Strong);
        page.Add(line.Value is { } value ? $" = {Printable.Of(value.Text)}{at}" : $": {Printable.Of(line.Failure ?? "")}", line.Value is null ? Tone.Warning : Tone.Value).End();
        for (var offset = 0; offset < line.Around.Length; offset += BytesInLine)
        {
            var bytes = line.Around.Span.Slice(offset, Math.Min(BytesInLine, line.Around.Length - offset));
            page.To(StackText.Indent + 4).Add($"{new Address(line.From.Value + (ulong)offset)}", Tone.Faint).Gap();
            var characters = new StringBuilder();
            foreach (var one in bytes)
            {
                page.Add($"{one:x2}").Gap(1);
                characters.Append(one is >= 0x20 and < 0x7f ? (char)one : '.');
            }

            page.Gap(1).Add(characters.ToString(), Tone.Faint).End();
        }
    }
}
