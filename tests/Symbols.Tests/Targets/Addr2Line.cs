// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;

namespace Livewatcher.Symbols.Tests.Targets;

/// <summary>A function and its line, as binutils names them.</summary>
internal readonly record struct NamedLine(string Function, string File, int Line);

/// <summary>Names of an address by addr2line(1): a reader of DWARF that shares no code with libdw.</summary>
internal static class Addr2Line
{
    /// <summary>The function at an address of the file with what is inlined there, innermost first.</summary>
    public static IReadOnlyList<NamedLine> At(string file, ulong address)
    {
        var lines = Shell.Run("addr2line", "-i", "-f", "-C", "-e", file, $"0x{address:x}")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        List<NamedLine> found = [];
        for (var i = 0; i + 1 < lines.Length; i += 2)
        {
            // FILE:LINE, perhaps with " (discriminator 2)" behind it.
            var place = lines[i + 1].Split(' ')[0];
            var colon = place.LastIndexOf(':');
            found.Add(new NamedLine(
                lines[i], place[..colon],
                int.TryParse(place[(colon + 1)..], CultureInfo.InvariantCulture, out var number) ? number : 0));
        }

        return found;
    }
}
