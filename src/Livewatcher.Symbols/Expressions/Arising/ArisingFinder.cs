// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Code;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Types.Formats;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>Where watches that arm themselves have their probes, and where in a frame or block their bytes are.</summary>
/// <param name="view">The process.</param>
/// <param name="indexes">Its names.</param>
/// <param name="rowAt">The call frame information of a code address.</param>
internal sealed class ArisingFinder(TargetView view, ModuleIndexes indexes, Func<ulong, UnwindRow?> rowAt)
{
    private const int Word = sizeof(ulong);

    /// <param name="watch">As evaluated in a frame whose CFA is <see cref="FrameLocals.Cfa"/>.</param>
    /// <param name="code">The function.</param>
    internal static ArisingPlan Local(Watch watch, FrameCode code)
    {
        if (watch.Length is not (1 or 2 or 4 or 8) || watch.Address.Value % (ulong)watch.Length != 0)
        {
            throw new RefusalException(
                $"{watch.Label} has {watch.Length} bytes{(watch.Length is 1 or 2 or 4 or 8 ? " that are not aligned" : "")}: a watch that arms itself takes one debug register, 1, 2, 4 or 8 aligned bytes; name an element or a member of it");
        }

        return new(Told(watch, code), unchecked((long)(watch.Address.Value - FrameLocals.Cfa)), [code.Entry, .. code.Exits], []) { Code = code.Addresses, Unseen = code.Unseen };
    }

    internal ArisingPlan Canary(WatchRequest request, string function)
    {
        FrameCode code = FrameCode.Find(function, view, indexes, rowAt);
        (long offset, IReadOnlyList<ProbePlace> places) = StackProtector.Find(code);
        return new(Told(new(request, default, Word, BytesFormat.Plain, null, null), code), offset, [.. places, .. code.Exits], []) { Code = code.Addresses, Unseen = code.Unseen };
    }

    internal ArisingPlan ReturnAddress(WatchRequest request, string function)
    {
        FrameCode code = FrameCode.Find(function, view, indexes, rowAt);
        IValueFormat format = ValueFormats.For(DataType.PointerTo(DataType.Void, Word), Word);
        return new(Told(new(request, default, Word, format, null, null), code), -Word, [code.Entry, .. code.Exits], []) { Code = code.Addresses, Unseen = code.Unseen };
    }

    internal ArisingPlan Heap(WatchRequest request, ArisingRule.Heap rule)
    {
        IReadOnlyList<(Address, Address)> sites = rule.Site is { } site ? new LineFinder(view, indexes).Code(site) : [];
        IReadOnlyList<ProbePlace> places = [.. HeapPlaces.Find(view, indexes, withOperators: sites.Count > 0), .. TailJumps.Find(sites, view)];
        IValueFormat format = ValueFormats.For(TypeOf(rule.Length), rule.Length);
        return new(new Watch(request, default, rule.Length, format, null, null), rule.Offset, places, sites);
    }

    /// <summary>Of bytes of which nothing is known but how many they are.</summary>
    internal static DataType TypeOf(int length) =>
        BuiltinTypes.Find(length switch { 1 => "unsigned char", 2 => "unsigned short", 4 => "unsigned int", _ => "unsigned long" }, Word)!;

    private static Watch Told(Watch watch, FrameCode code) => watch with
    {
        Address = default,
        Resolution = code.Function.Note is { } note ? $"in the frames of {code.Function.Name}; {note}" : $"in the frames of {code.Function.Name}",
    };
}
