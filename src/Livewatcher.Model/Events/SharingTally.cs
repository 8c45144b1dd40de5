// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>A debug register that is wider than what is watched there: neighbouring watches share it, or one watch's end has it with the bytes behind it.</summary>
/// <param name="Watches">Their labels.</param>
/// <param name="Slot">What it holds.</param>
/// <param name="Beside">Hits that have touched none of them, but bytes beside.</param>
/// <param name="Unsure">Hits of which it could not be told which of them they have touched, or whether any: reported for each that they may have.</param>
public sealed record SharingTally(IReadOnlyList<string> Watches, HardwareSlot Slot, long Beside, long Unsure)
{
    /// <summary>"a", "a and b" or "a, b and c".</summary>
    public static string Join(IReadOnlyList<string> labels) =>
        labels.Count < 2 ? string.Concat(labels) : $"{string.Join(", ", labels.SkipLast(1))} and {labels[^1]}";
}
