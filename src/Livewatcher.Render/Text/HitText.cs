// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>A hit as text: one line with all that can be searched for, then the instruction, then the stack.</summary>
internal sealed class HitText(Page page, TextOptions options)
{
    private const string Unproven = "(unproven)";
    private const string Unchanged = " (unchanged)";

    private readonly StackText _stacks = new(page, options);
    private readonly ActionText _actions = new(page);
    private Column _access = new(7);
    private Column _label = new(options.Width > 0 ? Math.Clamp(options.Width / 4, 12, 40) : 40);
    private Column _address = new(18);
    private Column _values = new(24);
    private Column _thread = new(24);
    private Column _cpu = new(7);

    /// <summary>Makes room for a watch before its first hit, so that the columns stay where they are.</summary>
    public void Expect(Watch watch, Value? initial)
    {
        _access.Grow(watch.Mode.Word().Length);
        _label.Grow(Cells.Of(watch.Label));
        _address.Grow(watch.Address.ToString().Length);
        if (initial is not null)
        {
            _values.Grow(Cells.Of(Printable.Of(initial.Text)) + Unchanged.Length);
        }
    }

    public void Write(Hit hit)
    {
        WriteHeader(hit);
        if (hit.EscapedSince is { } since)
        {
            var span = $"between {Timestamps.ClockFrom(hit.Time, since)} and {Timestamps.Clock(hit.Time)}";
            page.Sentence(
                $"ESCAPED: changed {hit.Old?.Text ?? "?"} -> {hit.New?.Text ?? "?"} {span}, no hit seen: who wrote it is not known.",
                StackText.Indent,
                Tone.Alarm);
            return;
        }

        if (hit.SystemCall is { } call)
        {
            page.To(StackText.Indent).Add("by system call ").Sentence(call, page.Column, Tone.Execute);
        }
        else if (hit.Origin == HitOrigin.Kernel)
        {
            page.To(StackText.Indent).Add("by the kernel").End();
        }

        WriteInstruction(hit);
        _stacks.Write(hit.Stack, hit.Sequence);
        _actions.Write(hit.Actions);
        if (hit.SetAt is { } setAt)
        {
            page.To(StackText.Indent).Add("this watch was set at", Tone.Faint).End();
            _stacks.WriteWhole(setAt, options.FullPaths);
        }
    }

    /// <summary>Text, address, and a mark where the instruction is only likely.</summary>
    public static void WriteInstruction(Page page, Instruction instruction)
    {
        page.Piece(Cells.Of(instruction.Text), StackText.Indent).Add(instruction.Text);
        var place = $"at {instruction.Address}";
        page.Piece(place.Length, StackText.Indent).Add(place, Tone.Faint);
        if (!instruction.Proven)
        {
            page.Piece(Unproven.Length, StackText.Indent).Add(Unproven, Tone.Warning);
        }

        page.End();
    }

    /// <summary>Where the values of this hit are read: "1 -> 0", "1 (unchanged)", "? -> 7"; empty for an execution.</summary>
    public static string ValuesOf(Hit hit) => (hit.Old, hit.New, hit.Changed) switch
    {
        (null, null, _) when hit.Access == AccessMode.Execute => "",
        ({ } value, null, false) => $"{value.Text}{Unchanged}",
        (_, { } value, false) => $"{value.Text}{Unchanged}",
        var (old, value, _) => $"{old?.Text ?? "?"} -> {value?.Text ?? "?"}",
    };

    private void WriteInstruction(Hit hit)
    {
        if (hit.Instruction is { } instruction)
        {
            WriteInstruction(page, instruction);
        }
        else if (hit.Origin == HitOrigin.User)
        {
            page.To(StackText.Indent).Add("instruction unknown", Tone.Faint).End();
        }
    }

    private void WriteHeader(Hit hit)
    {
        page.Add($"#{hit.Sequence}", Tone.Strong).To(StackText.Indent - 1).Gap(1);
        page.Add(Timestamps.Clock(hit.Time), Tone.Faint);
        var access = hit.Access.Word();
        InColumn(access, _access.Grow(access.Length), ToneOf(hit.Access));
        var label = page.Width > 0 ? Cells.Fit(hit.Watch.Label, page.Width / 2) : hit.Watch.Label;
        InColumn(label, _label.Grow(Cells.Of(label)), Tone.Strong);
        var address = hit.Address.ToString();
        InColumn(address, _address.Grow(address.Length), Tone.Faint);
        WriteValues(hit);
        WriteWho(hit);
        page.End();
    }

    private void WriteValues(Hit hit)
    {
        var values = Printable.Of(ValuesOf(hit));
        if (values.Length == 0)
        {
            return;
        }

        var unchanged = hit.Changed == false;
        var columns = Cells.Of(values);
        if (page.Width > 0 && columns > page.Width - StackText.Indent)
        {
            page.End().Sentence(values, StackText.Indent, unchanged ? Tone.Faint : Tone.Value);
            return;
        }

        InColumn(values, _values.Grow(columns), unchanged ? Tone.Faint : Tone.Value);
    }

    // Thread, CPU, process and marks stay together: where they do not fit, they are the second line.
    private void WriteWho(Hit hit)
    {
        var thread = hit.Thread is not { } id ? "" : hit.ThreadName is { } name ? $"{Printable.Of(name)} ({id})" : $"thread {id}";
        var cpu = hit.Cpu is { } number ? $"cpu {number}" : "";
        var process = $"pid {hit.Process}";
        var merged = hit.Merged > 1 ? $"{hit.Merged:N0} hardware hits" : "";
        var recovered = hit.Recovered ? "recovered" : "";
        var undecided = hit.Undecided ? "condition undecided" : "";
        var unsure = hit.Unsure ? "perhaps a neighbour's" : "";
        var escaped = hit.Escaped ? "ESCAPED" : "";
        var threadWidth = thread.Length > 0 ? _thread.Grow(Cells.Of(thread)) : 0;
        var cpuWidth = cpu.Length > 0 ? _cpu.Grow(cpu.Length) : 0;

        var columns = Math.Max(threadWidth, Cells.Of(thread)) + Math.Max(cpuWidth, cpu.Length) + process.Length;
        foreach (var mark in (ReadOnlySpan<string>)[thread, cpu, merged, recovered, undecided, unsure, escaped])
        {
            columns += mark.Length > 0 ? 2 : 0;
        }

        columns += merged.Length + recovered.Length + undecided.Length + unsure.Length + escaped.Length;
        if (page.Width > 0 && page.Column + 2 + columns > page.Width)
        {
            page.End();
        }

        InColumn(thread, threadWidth, Tone.Thread);
        InColumn(cpu, cpuWidth, Tone.Plain);
        InColumn(process, 0, Tone.Plain);
        InColumn(merged, 0, Tone.Plain);
        InColumn(recovered, 0, Tone.Warning);
        InColumn(undecided, 0, Tone.Warning);
        InColumn(unsure, 0, Tone.Warning);
        InColumn(escaped, 0, Tone.Alarm);
    }

    // Nothing where there is no text: a column that a hit does not have moves the rest to the left.
    private void InColumn(string text, int width, Tone tone)
    {
        if (text.Length == 0)
        {
            return;
        }

        page.Piece(Cells.Of(text), StackText.Indent);
        var end = page.Column + width;
        page.Add(text, tone).To(end);
    }

    private static Tone ToneOf(AccessMode mode) => mode switch
    {
        AccessMode.Write => Tone.Write,
        AccessMode.Execute => Tone.Execute,
        _ => Tone.Read,
    };
}
