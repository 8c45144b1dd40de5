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
    internal ArisingPlan Find(ArisingRule.At rule)
    {
        FrameCode code = FrameCode.Find(rule.Place, view, indexes, rowAt);
        TypeReader reader = new();
        LaterMemory later = new();
        EntryNames names = new(code, later, reader, new ArgumentRegisters(reader, new TypeFinder(view.Modules, indexes, reader, view.PointerSize)));
        Watch watch = Resolve(new Moment(names, later), names.Describe);
        PointerWay way = later.WayTo(watch.Address, watch.Label);
        if (way is { Register: X64.Rsp, Offsets.Count: 1 } && rule.Until is not ArisingRule.Ending.Return)
        {
            throw new RefusalException($"{watch.Label} is in the frame, which the function gives back at its return: --until return, or --watch-local");
        }

        string note = code.Function.Note is { } remark ? $"; {remark}" : "";
        return new(
            Checked(watch) with { Address = default, Resolution = $"at the entry of {code.Function.Name}{note}" },
            0,
            [code.Entry with { Kind = ProbeKind.Reach, Way = way }, .. Ends(rule.Until, code)],
            [])
        {
            Caution = CautionOf(code),
        };
    }

    /// <summary>A name that nobody has may be meant for one of the function's.</summary>
    private Watch Resolve(Moment moment, Func<string> describe)
    {
        try
        {
            return resolve(moment);
        }
        catch (RefusalException refusal) when (refusal.MayComeLater && refusal.Message.StartsWith("no variable is named", StringComparison.Ordinal))
        {
            throw new RefusalException($"{refusal.Message} ({describe()})");
        }
    }

    private IEnumerable<ProbePlace> Ends(ArisingRule.Ending until, FrameCode code) => until switch
    {
        ArisingRule.Ending.Return => code.Exits,
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
