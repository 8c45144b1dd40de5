// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render.Screen;

public enum ScreenView
{
    Main,
    Stack,
    Help,
    Notes,

    /// <summary>The target's.</summary>
    Output,
}

/// <summary>The list in which the keys move.</summary>
public enum ScreenPane
{
    Writers,
    Hits,
}

public enum WriterOrder
{
    /// <summary>As the closing table: most suspicious first.</summary>
    Rarest,
    Busiest,
    Newest,
    Function,
}

/// <summary>What is typed at the bottom of the screen.</summary>
/// <param name="Kind">What it will be used for.</param>
/// <param name="Label">The question.</param>
/// <param name="Text">So far.</param>
public sealed record ScreenPrompt(PromptKind Kind, string Label, string Text);

public enum PromptKind
{
    Filter,
    Record,

    /// <summary>y or n.</summary>
    Ignore,
}

/// <summary>A writer or a hit whose stack is looked at.</summary>
/// <param name="Heading">A few lines that say what it is.</param>
/// <param name="Stack">Its stack.</param>
public sealed record ScreenSubject(IReadOnlyList<string> Heading, CallStack Stack)
{
    public static ScreenSubject Of(WriterRow row) => new(
        [
            $"{Words.Count(row.Count, "hit")} of {row.Watch.Label} ({row.Access}){(row.Reason is { } reason ? $": {reason}" : "")}",
            $"values {string.Join(", ", row.Values.Select(value => value.Text))}{(row.ValueCount > row.Values.Count ? $" and {row.ValueCount - row.Values.Count:N0} more" : "")}",
            $"by {string.Join(", ", row.Threads)}{(row.ThreadCount > row.Threads.Count ? $" and {row.ThreadCount - row.Threads.Count:N0} more" : "")}",
            Cause(row.Instruction, row.SystemCall),
        ], row.Stack);

    public static ScreenSubject Of(Hit hit) => new(
        [
            $"hit {hit.Sequence} of {hit.Watch.Label} ({hit.Access.Word()}) at {Timestamps.Clock(hit.Time)}",
            HitText.ValuesOf(hit),
            hit.Thread is { } thread ? $"by {hit.ThreadName} ({thread}), pid {hit.Process}, cpu {hit.Cpu}" : $"in process {hit.Process}: an escaped write, nobody saw who it was",
            Cause(hit.Instruction, hit.SystemCall),
        ], hit.Stack);

    private static string Cause(Instruction? instruction, string? call) => call is not null ? $"by system call {call}"
        : instruction is null ? "instruction unknown" : $"{instruction.Text} at {instruction.Address}{(instruction.Proven ? "" : " (unproven)")}";
}

/// <summary>What the user has made of the screen.</summary>
public sealed record ScreenState
{
    public ScreenView View { get; init; }

    public ScreenPane Pane { get; init; }

    public WriterOrder Order { get; init; }

    /// <summary>What is shown stands still; counting goes on.</summary>
    public bool Paused { get; init; }

    /// <summary>Marked, wherever it stands in its list; null: the first.</summary>
    public WriterKey? Writer { get; init; }

    /// <summary>Sequence of the marked hit; null: the newest.</summary>
    public long? Hit { get; init; }

    /// <summary>What is opened in <see cref="ScreenView.Stack"/>.</summary>
    public ScreenSubject? Subject { get; init; }

    /// <summary>The marked frame of it.</summary>
    public int Frame { get; init; }

    /// <summary>Lines from the end that are scrolled past, in notes and output.</summary>
    public int Scroll { get; init; }

    /// <summary>As typed; null for none.</summary>
    public string? Filter { get; init; }

    /// <summary>The filter is a condition; else a text that is searched for.</summary>
    public bool FilterIsCondition { get; init; }

    public ScreenPrompt? Prompt { get; init; }

    /// <summary>An answer, until the next key.</summary>
    public string? Message { get; init; }

    /// <summary>Place of the marked writer; 0 where it is not in the list.</summary>
    public int IndexIn(IReadOnlyList<WriterRow> rows)
    {
        for (var i = 0; Writer is not null && i < rows.Count; i++)
        {
            if (WriterKey.Of(rows[i]) == Writer)
            {
                return i;
            }
        }

        return 0;
    }

    /// <summary>Place of the marked hit; 0 where it is not in the list.</summary>
    public int IndexIn(IReadOnlyList<Hit> hits)
    {
        for (var i = 0; Hit is not null && i < hits.Count; i++)
        {
            if (hits[i].Sequence == Hit)
            {
                return i;
            }
        }

        return 0;
    }
}
