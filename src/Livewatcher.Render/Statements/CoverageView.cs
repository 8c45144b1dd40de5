// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>The verdict that text and JSON share.</summary>
internal readonly record struct CoverageView
{
    public CoverageView(CoverageEvent coverage)
    {
        // A run that never armed anything has no gap between its hits, yet proves nothing.
        Gaps = coverage.From is null && coverage.Gaps.Count == 0 ? ["nothing was armed"] : coverage.Gaps;
    }

    public IReadOnlyList<string> Gaps { get; }

    public bool Complete => Gaps.Count == 0;
}
