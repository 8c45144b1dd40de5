// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>An entry that stands for a variable's memory, or says why there is none.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Module">Its module.</param>
/// <param name="Location">Where, as in the file.</param>
internal sealed record Definition(IndexEntry Entry, ILoadedModule Module, Location Location)
{
    internal bool IsExternal => Entry.Die.Flag(DwarfAt.External);

    /// <summary>Null for an entry that only declares.</summary>
    internal static Definition? Of(IndexEntry entry, ILoadedModule module)
    {
        DwarfDie die = entry.Die;
        if (die.TryGet(DwarfAt.Location, out DwarfAttribute attribute))
        {
            List<Location> places = [.. DwarfLocation.Read(attribute).Select(operations => LocationEvaluator.Run(operations))];
            int usable = places.FindIndex(p => p.Problem is null);
            Location place = usable >= 0 ? places[usable] : places.Count > 0 ? places[0] : Location.Nowhere("it is optimised out");
            return new(entry, module, place is { IsThreadLocal: false, Problem: null } && IsDiscarded(place.Value)
                ? Location.Nowhere("the linker has removed it: nothing uses it")
                : place);
        }

        if (die.OwnFlag(DwarfAt.Declaration))
        {
            return null;
        }

        string problem = die.TryGet(DwarfAt.ConstValue, out DwarfAttribute constant)
            ? $"the compiler has replaced it by its value{(constant.Signed is { } value ? $" {value}" : "")}"
            : "it is optimised out";
        return new(entry, module, Location.Nowhere(problem));
    }

    /// <summary>What linkers write for a section they dropped: 0, 1 or the highest addresses.</summary>
    private static bool IsDiscarded(ulong address) => address is 0 or 1 or >= ulong.MaxValue - 1 or uint.MaxValue or uint.MaxValue - 1;
}
