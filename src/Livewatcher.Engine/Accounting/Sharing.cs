// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Accounting;

/// <summary>The account of a debug register that is wider than what is watched there, over all processes of the family.</summary>
/// <param name="content">What it holds.</param>
/// <param name="watches">The labels of those who share it.</param>
internal sealed class Sharing(HardwareSlot content, IReadOnlyList<string> watches)
{
    /// <summary>Hits that have touched none of the watches.</summary>
    internal long Beside { get; set; }

    /// <summary>Hits of which nothing tells which of the watches they have touched.</summary>
    internal long Unsure { get; set; }

    internal SharingTally Tally => new(watches, content, Beside, Unsure);
}
