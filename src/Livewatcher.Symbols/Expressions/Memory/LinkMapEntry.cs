// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Expressions.Memory;

/// <summary>A struct link_map of the dynamic linker (link.h): the part that is ABI.</summary>
/// <param name="Self">Where the structure is.</param>
/// <param name="Dynamic">l_ld: the module's dynamic section.</param>
internal readonly record struct LinkMapEntry(Address Self, Address Dynamic)
{
    private const int MostEntries = 1 << 16;

    internal bool IsOf(ILoadedModule module) => Dynamic >= module.Start && Dynamic < module.End;

    /// <summary>Follows DT_DEBUG of the main program to struct r_debug and its list, as debuggers do (link.h).</summary>
    internal static IReadOnlyList<LinkMapEntry> ReadAll(TargetView view, ModuleImage main)
    {
        List<LinkMapEntry> found = [];
        HashSet<ulong> seen = [];
        if (main.DynamicTag(DynamicTag.Debug) is not { } debug || debug == 0)
        {
            return found;
        }

        // r_map follows r_version in struct r_debug; l_ld and l_next are the third and fourth word of struct link_map.
        int size = main.Shape.WordSize;
        ulong word = (ulong)size;
        ulong? next = view.ReadUnsigned(new Address(debug + word), size);
        while (next is { } entry and not 0 && seen.Add(entry) && found.Count < MostEntries)
        {
            if (view.ReadUnsigned(new Address(entry + (2 * word)), size) is not { } dynamic)
            {
                break;
            }

            found.Add(new(new Address(entry), new Address(dynamic)));
            next = view.ReadUnsigned(new Address(entry + (3 * word)), size);
        }

        return found;
    }
}
