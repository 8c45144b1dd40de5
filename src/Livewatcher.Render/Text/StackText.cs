// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Call stacks as text, one frame a line: number, function, place, module. Columns are aligned within a stack.</summary>
internal sealed class StackText(Page page, TextOptions options)
{
    /// <summary>Column in which everything that belongs to a hit begins, below its first line.</summary>
    public const int Indent = 7;

    private const int WidestFunction = 60;
    private const int WidestPlace = 48;
    private const int NarrowestFunction = 16;
    private const int NarrowestPlace = 12;
    private const int NarrowestModule = 8;
    private const int Neighbours = 2;
    private const string InlinedMark = "[inlined]";

    private readonly StackMemory _shown = new();
    private readonly List<(string Function, string Place, string Module)> _cells = [];

    /// <summary>Writes the stack of a hit.</summary>
    public void Write(CallStack stack, long sequence)
    {
        if (stack.Frames.Count > 1 && options.CollapseRepeats && _shown.Recall(stack, sequence) is { } first)
        {
            WriteFrames(stack, 1, options.FullPaths, withSource: false);
            Line($"stack as #{first}");
            return;
        }

        WriteWhole(stack, options.FullPaths);
    }

    /// <summary>Writes a stack that stands for itself.</summary>
    public void WriteWhole(CallStack stack, bool fullPaths)
    {
        var frames = Math.Min(stack.Frames.Count, Math.Max(options.MaxFrames ?? int.MaxValue, 0));
        WriteFrames(stack, frames, fullPaths, withSource: true);
        if (frames < stack.Frames.Count)
        {
            Line($"{Words.Count(stack.Frames.Count - frames, "more frame")} not shown");
        }

        if (stack.CutShort is { } reason)
        {
            Line(stack.Frames.Count == 0 ? $"no stack: {reason}" : $"the stack is cut short here: {reason}", Tone.Warning);
        }
        else if (stack.Frames.Count == 0)
        {
            Line("no stack");
        }
    }

    /// <summary>file:line of a frame; empty without.</summary>
    public static string PlaceOf(Frame frame, bool fullPaths) => frame.File is not { } file
        ? ""
        : $"{(fullPaths ? file : Path.GetFileName(file))}:{(frame.Line > 0 ? frame.Line.ToString(CultureInfo.InvariantCulture) : "?")}";

    /// <summary>The function, or what is known instead.</summary>
    public static string FunctionOf(Frame frame) => (frame.Function, frame.File, frame.Offset) switch
    {
        (null, _, _) => "??",
        ({ } function, null, > 0) => $"{function}+0x{frame.Offset:x}",
        ({ } function, _, _) => function,
    };

    private void Line(string text, Tone tone = Tone.Faint) => page.To(Indent).Add("-- ", tone).Sentence(text, page.Column, tone);

    private void WriteFrames(CallStack stack, int count, bool fullPaths, bool withSource)
    {
        _cells.Clear();
        int widestFunction = 0, widestPlace = 0, widestModule = 0;
        var detail = options.Detail();
        for (var i = 0; i < count; i++)
        {
            var frame = stack.Frames[i];
            var place = detail.Lines ? PlaceOf(frame, fullPaths) : "";
            var cell = (
                Function: FunctionOf(frame),
                Place: !detail.Places ? "" : place.Length > 0 ? place : frame.Address.ToString(),
                Module: frame.Inlined ? InlinedMark : detail.Places ? frame.Module ?? "" : "");
            _cells.Add(cell);
            widestFunction = Math.Max(widestFunction, Math.Min(Cells.Of(cell.Function), WidestFunction));
            widestPlace = Math.Max(widestPlace, Math.Min(Cells.Of(cell.Place), WidestPlace));
            widestModule = Math.Max(widestModule, Cells.Of(cell.Module));
        }

        var widths = Shrink(widestFunction, widestPlace, widestModule);
        var sources = withSource && options.Source is not null ? options.SourceFrames : 0;
        for (var i = 0; i < count; i++)
        {
            WriteFrame(i, _cells[i], widths, stack.Frames[i].Inlined);
            if (sources > 0 && WriteSource(stack.Frames[i]))
            {
                sources--;
            }
        }
    }

    // The name of the function gives way first, because it is the longest; then the place, then the module.
    private (int Function, int Place, int Module) Shrink(int function, int place, int module)
    {
        if (page.Width > 0)
        {
            var room = page.Width - Indent - 4;
            function = Math.Max(Math.Min(function, room - place - module), Math.Min(function, NarrowestFunction));
            place = Math.Max(Math.Min(place, room - function - module), Math.Min(place, NarrowestPlace));
            module = Math.Max(Math.Min(module, room - function - place), Math.Min(module, NarrowestModule));
        }

        return (function, place, module);
    }

    private void WriteFrame(
        int index, (string Function, string Place, string Module) cell, (int Function, int Place, int Module) widths, bool inlined)
    {
        var number = index.ToString(CultureInfo.InvariantCulture);
        page.To(Indent - 1 - number.Length).Add(number, Tone.Faint).To(Indent);
        var limited = page.Width > 0;
        page.Add(limited ? Cells.Fit(cell.Function, widths.Function) : cell.Function, Tone.Function);
        if (cell.Place.Length == 0 && cell.Module.Length == 0)
        {
            page.End();
            return;
        }

        page.To(Indent + widths.Function).Gap().Add(limited ? Cells.Fit(cell.Place, widths.Place) : cell.Place, Tone.Place);
        page.To(Indent + widths.Function + 2 + widths.Place).Gap();
        page.Add(limited ? Cells.Fit(cell.Module, widths.Module) : cell.Module, inlined ? Tone.Warning : Tone.Faint).End();
    }

    private bool WriteSource(Frame frame)
    {
        if (frame.File is null || frame.Line < 1 || options.Source?.Lines(frame) is not { } lines || frame.Line > lines.Count)
        {
            return false;
        }

        var first = Math.Max(frame.Line - Neighbours, 1);
        var last = Math.Min(frame.Line + Neighbours, lines.Count);
        var digits = last.ToString(CultureInfo.InvariantCulture).Length;
        for (var line = first; line <= last; line++)
        {
            var guilty = line == frame.Line;
            var tone = guilty ? Tone.Strong : Tone.Faint;
            var number = line.ToString(CultureInfo.InvariantCulture).PadLeft(digits);
            page.To(Indent + 2).Add(guilty ? "> " : "  ", Tone.Alarm).Add(number, tone).Add(" | ", Tone.Faint);
            var text = lines[line - 1].Replace("\t", "    ", StringComparison.Ordinal).TrimEnd();
            page.Add(page.Width > 0 ? Cells.Head(text, page.Width - page.Column) : text, tone).End();
        }

        return true;
    }
}
