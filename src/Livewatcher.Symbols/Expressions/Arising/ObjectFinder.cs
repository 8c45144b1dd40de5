// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.RegularExpressions;
using Iced.Intel;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Code;
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
internal sealed partial class ObjectFinder(TargetView view, ModuleIndexes indexes, Func<ulong, UnwindRow?> rowAt, Func<Moment, Watch> resolve)
{
    private const string AtReturn = ":return";

    private readonly TypeReader _reader = new();

    internal ArisingPlan Find(ArisingRule.At rule)
    {
        if (Line().Match(rule.Place) is { Success: true } line && int.TryParse(line.Groups["line"].ValueSpan, CultureInfo.InvariantCulture, out int number))
        {
            return Amid(rule, line.Groups["file"].Value.Trim('\''), number);
        }

        return rule.Place.EndsWith(AtReturn, StringComparison.Ordinal)
            ? Return(rule, FrameCode.Find(rule.Place[..^AtReturn.Length], view, indexes, rowAt))
            : Entry(rule, FrameCode.Find(rule.Place, view, indexes, rowAt));
    }

    private ArisingPlan Entry(ArisingRule.At rule, FrameCode code)
    {
        (Watch watch, PointerWay way) = AtEntry(rule, code);
        return Plan(watch, $"at the entry of {code.Function.Name}", code, [code.Entry with { Kind = ProbeKind.Reach, Way = way }, .. Ends(rule.Until, code)]) with
        {
            Caution = Writes(code, code.Function.Address)
                ? $"the first instruction of {code.Function.Name} writes to memory: where it writes to an object that is not armed yet, that write is not seen"
                : null,
            Unseen = code.Unseen is { } unseen ? $"{unseen} (a line of it is seen in each copy: --at FILE:LINE)" : null,
        };
    }

    private (Watch Watch, PointerWay Way) AtEntry(ArisingRule.At rule, FrameCode code)
    {
        LaterMemory later = new();
        EntryNames names = new(code, later, _reader, new ArgumentRegisters(_reader, new TypeFinder(view.Modules, indexes, _reader, view.PointerSize)));
        return Resolve(rule, names, names.Describe, later);
    }

    /// <summary>Once in each function that has the line, and in each place that one is inlined into: where the expression can be named first.</summary>
    private ArisingPlan Amid(ArisingRule.At rule, string file, int line)
    {
        (int found, string shown, IReadOnlyList<Address> starts) = new LineFinder(view, indexes).Starts(file, line);
        List<ProbePlace> places = [];
        HashSet<Address> functions = [];
        HashSet<nint> copies = [], named = [];
        Watch? watch = null;
        RefusalException? refusal = null;
        bool writes = false;
        foreach (Address start in starts)
        {
            FrameCode code = FrameCode.At(start, view, indexes, rowAt);
            LaterMemory later = new();
            LineNames names = new(code, start, later, _reader);
            copies.Add(names.Function.Identity);
            if (named.Contains(names.Function.Identity))
            {
                continue;
            }

            try
            {
                (Watch one, PointerWay way) = start == code.Function.Address ? AtEntry(rule, code) : Resolve(rule, names, names.Describe, later);
                (bool fromFramePointer, long offset) = FrameAt(rule, code, start);
                watch = one;
                writes |= Writes(code, start);
                named.Add(names.Function.Identity);
                places.Add(new ProbePlace(ProbeKind.Reach, start, fromFramePointer, offset, Way: way));
                if (functions.Add(code.Function.Address))
                {
                    places.AddRange(Ends(rule.Until, code).Where(end => !places.Exists(place => place.Address == end.Address && place.Kind == end.Kind)));
                }
            }
            catch (RefusalException why)
            {
                refusal ??= why;
            }
        }

        if (watch is null)
        {
            throw refusal ?? new RefusalException($"line {found} of {shown} has no code");
        }

        string where = (found == line ? $"at line {line} of {shown}" : $"at line {found} of {shown}, the first from {line} on that has code")
            + (copies.Count == 1 ? "" : $", in {named.Count} of its {copies.Count} copies");
        return new(Checked(watch) with { Address = default, Resolution = where }, 0, places, [])
        {
            Caution = writes
                ? $"the first instruction of line {found} of {shown} writes to memory: where it writes to an object that is not armed yet, that write is not seen"
                : null,
            Unseen = named.Count < copies.Count ? $"in {copies.Count - named.Count} of the {copies.Count} copies of line {found} it is not armed: {refusal!.Message}" : null,
        };
    }

    /// <summary>How the CFA follows there. It matters where returns do.</summary>
    private static (bool FromFramePointer, long Offset) FrameAt(ArisingRule.At rule, FrameCode code, Address start) => code.CfaAt(start.Value) switch
    {
        (X64.Rbp, var offset) => (true, offset),
        (X64.Rsp, var offset) => (false, offset),
        _ when rule.Until is not ArisingRule.Ending.Return => (false, 0),
        _ => throw new RefusalException($"--until return: where the frame of {code.Function.Name} begins is not said at {start}"),
    };

    private ArisingPlan Return(ArisingRule.At rule, FrameCode code)
    {
        if (rule.Until is ArisingRule.Ending.Return)
        {
            throw new RefusalException($"--until return: at the return of {code.Function.Name} its frame is at its end; --until free, --until FUNC, or none");
        }

        LaterMemory later = new();
        ReturnNames names = new(code, later, _reader);
        (Watch watch, PointerWay way) = Resolve(rule, names, names.Describe, later);
        // What another function returns in its place is seen behind the call only, by another return address; that hides the callers from a stack.
        IEnumerable<ProbePlace> places = code.IsLeftByJumps
            ? [code.Entry with { Kind = ProbeKind.Returned, Way = way }]
            : code.Exits.Select(place => place with { Kind = ProbeKind.Reach, Way = way });
        return Plan(watch, $"at the return of {code.Function.Name}", code, [.. places, .. Ends(rule.Until, code)]) with { Unseen = code.Unseen };
    }

    private static ArisingPlan Plan(Watch watch, string where, FrameCode code, IReadOnlyList<ProbePlace> places) => new(
        Checked(watch) with { Address = default, Resolution = code.Function.Note is { } note ? $"{where}; {note}" : where }, 0, places, []);

    /// <summary>A name that nobody has may be meant for one of the function's.</summary>
    private (Watch Watch, PointerWay Way) Resolve(ArisingRule.At rule, ILocalNames names, Func<string> describe, LaterMemory later)
    {
        Watch watch;
        try
        {
            watch = resolve(new Moment(names, later));
        }
        catch (RefusalException refusal) when (refusal.MayComeLater && refusal.Message.StartsWith("no variable is named", StringComparison.Ordinal))
        {
            throw new RefusalException($"{refusal.Message} ({describe()})");
        }

        PointerWay way = later.WayTo(watch.Address, watch.Label);
        return later.IsInFrame(watch.Address, watch.Label) && rule.Until is not ArisingRule.Ending.Return
            ? throw new RefusalException($"{watch.Label} is in the frame, which the function gives back at its return: --until return, or --watch-local")
            : (watch, way);
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

    /// <summary>The probed instruction runs before the thread stops. What it puts on the stack is no object's.</summary>
    private static bool Writes(FrameCode code, Address place)
    {
        Iced.Intel.Instruction probed = code.Code.FirstOrDefault(instruction => instruction.IP == place.Value);
        return new InstructionInfoFactory().GetInfo(probed).GetUsedMemory().Any(memory =>
            memory.Base is not (Register.RSP or Register.RBP) && memory.Access is OpAccess.Write or OpAccess.ReadWrite or OpAccess.CondWrite or OpAccess.ReadCondWrite);
    }

    [GeneratedRegex(@"^(?<file>.*[^:]):(?<line>\d{1,9})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();
}
