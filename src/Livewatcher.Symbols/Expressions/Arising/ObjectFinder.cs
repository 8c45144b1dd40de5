// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>An expression with the names that it can have at an instruction.</summary>
/// <param name="Names">Those of its function.</param>
/// <param name="Later">Takes the way to what it names.</param>
internal sealed record Moment(ILocalNames Names, LaterMemory Later);

/// <summary>Finds objects that are named at an instruction: --at FUNC --watch 'p->len'.</summary>
/// <param name="view">The process.</param>
/// <param name="indexes">Its names.</param>
/// <param name="rowAt">The call frame information of a code address.</param>
/// <param name="resolve">Evaluates the request's expression at a moment.</param>
internal sealed class ObjectFinder(TargetView view, ModuleIndexes indexes, Func<ulong, UnwindRow?> rowAt, Func<Moment, Watch> resolve)
{
    private const string AtReturn = ":return";

    private readonly TypeReader _reader = new();

    private readonly LaterMemory _later = new();

    internal ArisingPlan Find(ArisingRule.At rule)
    {
        return rule.Place.EndsWith(AtReturn, StringComparison.Ordinal)
            ? Return(rule, FrameCode.Find(rule.Place[..^AtReturn.Length], view, indexes, rowAt))
            : Entry(rule, FrameCode.Find(rule.Place, view, indexes, rowAt));
    }

    private ArisingPlan Entry(ArisingRule.At rule, FrameCode code)
    {
        EntryNames names = new(code, _later, _reader, new ArgumentRegisters(_reader, new TypeFinder(view.Modules, indexes, _reader, view.PointerSize)));
        Watch watch = Resolve(names, names.Describe);
        PointerWay way = _later.WayTo(watch.Address, watch.Label);
        if (way is { Register: X64.Rsp, Offsets.Count: 1 } && rule.Until is not ArisingRule.Ending.Return)
        {
            throw new RefusalException($"{watch.Label} is in the frame, which the function gives back at its return: --until return, or --watch-local");
        }

        return Plan(watch, $"at the entry of {code.Function.Name}", code, [code.Entry with { Kind = ProbeKind.Reach, Way = way }, .. Ends(rule.Until, code)]) with
        {
            Caution = CautionOf(code),
        };
    }

    private ArisingPlan Return(ArisingRule.At rule, FrameCode code)
    {
        if (rule.Until is ArisingRule.Ending.Return)
        {
            throw new RefusalException($"--until return: at the return of {code.Function.Name} its frame is at its end; --until free, --until FUNC, or none");
        }

        ReturnNames names = new(code, _later, _reader);
        Watch watch = Resolve(names, names.Describe);
        PointerWay way = _later.WayTo(watch.Address, watch.Label);
        // What another function returns in its place is seen behind the call only, by another return address; that hides the callers from a stack.
        IEnumerable<ProbePlace> places = code.IsLeftByJumps
            ? [code.Entry with { Kind = ProbeKind.Returned, Way = way }]
            : code.Exits.Select(place => place with { Kind = ProbeKind.Reach, Way = way });
        return Plan(watch, $"at the return of {code.Function.Name}", code, [.. places, .. Ends(rule.Until, code)]);
    }

    private static ArisingPlan Plan(Watch watch, string where, FrameCode code, IReadOnlyList<ProbePlace> places) => new(
        Checked(watch) with { Address = default, Resolution = code.Function.Note is { } note ? $"{where}; {note}" : where }, 0, places, []);

    /// <summary>A name that nobody has may be meant for one of the function's.</summary>
    private Watch Resolve(ILocalNames names, Func<string> describe)
    {
        try
        {
            return resolve(new Moment(names, _later));
        }
        catch (RefusalException refusal) when (refusal.MayComeLater && refusal.Message.StartsWith("no variable is named", StringComparison.Ordinal))
        {
            throw new RefusalException($"{refusal.Message} ({describe()})");
        }
    }

    private IEnumerable<ProbePlace> Ends(ArisingRule.Ending until, FrameCode code) => until switch
    {
        ArisingRule.Ending.Return => code.Exits,
        ArisingRule.Ending.Free => HeapPlaces.Find(view, indexes, withOperators: false).Where(place => place.Kind == ProbeKind.Free || place.Allocator == Allocator.Resize),
        ArisingRule.Ending.Entry entry => [new ProbePlace(ProbeKind.Release, FrameCode.Find(entry.Function, view, indexes, rowAt).Function.Address)],
        _ => [],
    };

    private static Watch Checked(Watch watch) => watch.Length is 1 or 2 or 4 or 8
        ? watch
        : throw new RefusalException($"{watch.Label} has {watch.Length} bytes: a watch that arms itself takes one debug register, 1, 2, 4 or 8 aligned bytes; name an element or a member of it");

    /// <summary>The probed instruction runs before the thread stops.</summary>
    private static string? CautionOf(FrameCode code)
    {
        InstructionInfoFactory factory = new();
        Iced.Intel.Instruction first = code.Code[0];
        bool writes = factory.GetInfo(first).GetUsedMemory().Any(memory =>
            memory.Base is not Register.RSP && memory.Access is OpAccess.Write or OpAccess.ReadWrite or OpAccess.CondWrite or OpAccess.ReadCondWrite);
        return writes
            ? $"the first instruction of {code.Function.Name} writes to memory: where it writes to an object that is not armed yet, that write is not seen"
            : null;
    }
}
