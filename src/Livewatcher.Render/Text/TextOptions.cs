// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>How <see cref="TextRenderer"/> writes. The defaults are those of a pipe: plain, whole, nothing folded.</summary>
public sealed record TextOptions
{
    /// <summary>ANSI colours (ECMA-48 SGR, the 16 that every terminal has). Without it no escape sequence is ever written.</summary>
    public bool Colour { get; init; }

    /// <summary>Columns of the terminal; 0 or less: no limit, nothing is wrapped or shortened. Fewer than 60 count as 60.</summary>
    public int Width { get; init; }

    /// <summary>Where source lines come from; null shows none.</summary>
    public ISourceText? Source { get; init; }

    /// <summary>How many frames of a stack show their source line, counted from the innermost that has one.</summary>
    public int SourceFrames { get; init; } = 1;

    /// <summary>Frames shown of a stack; null shows all. What is left out is counted in its last line.</summary>
    public int? MaxFrames { get; init; }

    /// <summary>Shows a stack that was shown before as "stack as #17" behind its innermost frame: good to read, bad to grep.</summary>
    public bool CollapseRepeats { get; init; }

    /// <summary>Source files with their folders. Without it only the closing table's stacks have them.</summary>
    public bool FullPaths { get; init; }

    /// <summary>How much of each frame is shown, asked at each stack: it may change while hits come.</summary>
    public Func<StackDetail> Detail { get; init; } = () => StackDetail.All;

    /// <summary>Hits one by one. Without it they are only counted, for the closing statement.</summary>
    public bool Hits { get; init; } = true;

    /// <summary>How many writers of the closing table get their whole stack below it. The rest are counted there.</summary>
    public int WriterStacks { get; init; } = 20;
}

/// <summary>How much of each frame is shown.</summary>
/// <param name="Places">Function, place and module; else the function alone.</param>
/// <param name="Lines">Places by file and line where they are known; else by address.</param>
public readonly record struct StackDetail(bool Places, bool Lines)
{
    public static StackDetail All { get; } = new(Places: true, Lines: true);
}

/// <summary>Source files, by what a frame's debug information says. The renderer opens no file itself.</summary>
public interface ISourceText
{
    /// <summary>All lines of a frame's file, without their ends; null where it cannot be had. Asked again for each frame, so an
    /// implementation keeps what it has read.</summary>
    IReadOnlyList<string>? Lines(Frame frame);
}
