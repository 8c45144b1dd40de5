// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Interop;

/// <summary>Keeps a walk through one unit going forward. An entry stands before its children and these before its next sibling
/// (DWARF 5, 2.3), so a walk meets ascending places. A DW_AT_sibling that leads among the children, in a damaged file, would have
/// them met twice on each level: as often as two to the power of the depth.</summary>
internal sealed class DwarfOrder
{
    private nint _last;

    /// <summary>False where the walk was there already; then there is nothing sound behind it either.</summary>
    internal bool Advance(DwarfDie die)
    {
        if (die.Identity <= _last)
        {
            return false;
        }

        _last = die.Identity;
        return true;
    }
}
