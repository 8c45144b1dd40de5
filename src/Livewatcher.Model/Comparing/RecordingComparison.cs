// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

public enum DifferenceKind
{
    /// <summary>In the second recording only.</summary>
    New,

    /// <summary>In the first recording only.</summary>
    Gone,

    /// <summary>In both, and not the same.</summary>
    Changed,

    Same,
}

/// <summary>One writer in two recordings.</summary>
/// <param name="Kind">What has become of it.</param>
/// <param name="Before">In the first; null where it is new.</param>
/// <param name="After">In the second; null where it is gone.</param>
/// <param name="What">What has changed, as phrases; empty where nothing has.</param>
public sealed record WriterDifference(DifferenceKind Kind, WriterRow? Before, WriterRow? After, IReadOnlyList<string> What)
{
    /// <summary>The later one that there is.</summary>
    public WriterRow Row => After ?? Before ?? throw new InvalidOperationException("A difference has at least one side.");
}

/// <summary>What two recordings have in common and what not.</summary>
/// <param name="BeforeName">The first one's file.</param>
/// <param name="AfterName">The second one's file.</param>
/// <param name="Before">What the first can prove.</param>
/// <param name="After">What the second can prove.</param>
/// <param name="Writers">New ones first, then those that are gone, then changed, then the same; each by the suspicion of its recording.</param>
public sealed record RecordingComparison(
    string BeforeName, string AfterName, CoverageEvent Before, CoverageEvent After, IReadOnlyList<WriterDifference> Writers)
{
    public int Count(DifferenceKind kind) => Writers.Count(one => one.Kind == kind);

    /// <summary>Whether anything is new, gone or changed.</summary>
    public bool Differs => Writers.Any(one => one.Kind != DifferenceKind.Same);
}
