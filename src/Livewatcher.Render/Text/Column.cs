// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>A column that stays in place from hit to hit: as wide as the widest text yet. Text beyond the bound is an
/// outlier and moves nothing but its own line.</summary>
internal struct Column(int widest)
{
    public int Width { get; private set; }

    /// <summary>Takes in a text's width and returns the column's.</summary>
    public int Grow(int columns)
    {
        Width = columns <= widest ? Math.Max(Width, columns) : Width;
        return Width;
    }
}
