// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>The file that memory belongs to: that of its own mapping or, for variables that begin as zero, of the one that it follows.</summary>
/// <param name="Inode">Of the file.</param>
/// <param name="Path">As /proc/PID/maps has it.</param>
internal readonly record struct LibraryHome(ulong Inode, string Path)
{
    /// <summary>Null for memory of no file, and for what is not mapped.</summary>
    /// <param name="mappings">In the order of their addresses.</param>
    /// <param name="address">Where.</param>
    internal static LibraryHome? Of(IReadOnlyList<Mapping> mappings, Address address)
    {
        int at = -1;
        for (int i = 0; i < mappings.Count && at < 0; i++)
            at = mappings[i].Start.Value <= address.Value && address.Value < mappings[i].End.Value ? i : -1;
        while (at > 0 && mappings[at].Inode == 0 && mappings[at - 1].End.Value == mappings[at].Start.Value)
            at--;
        return at < 0 || mappings[at].Inode == 0 ? null : new LibraryHome(mappings[at].Inode, mappings[at].Path);
    }

    /// <summary>The library that a watched variable goes with when it is unmapped; null for the program's own variables, and for memory that
    /// no variable is known of.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="mappings">Its own, in the order of their addresses; there may be thousands, so they are not read for the program's own variables.</param>
    /// <param name="variable">Where.</param>
    internal static LibraryHome? OfVariable(WatchedProcess process, Lazy<IReadOnlyList<Mapping>> mappings, Address variable)
    {
        if (process.Symbols.IsInProgram(variable) || process.Symbols.NameOf(variable) is null)
            return null;
        LibraryHome? home = Of(mappings.Value, variable);
        return process.Entry is { } entry && home == Of(mappings.Value, entry) ? null : home;
    }
}
