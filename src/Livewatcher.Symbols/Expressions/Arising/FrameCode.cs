// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Code;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Naming;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>A function's code, as far as it concerns the life of its frames: where they come into being, where they are left, and how their CFA
/// (canonical frame address: the stack pointer before the call) follows from the registers.</summary>
internal sealed class FrameCode
{
    private const int MostBytes = 1 << 20;

    private readonly Func<ulong, UnwindRow?> _rowAt;
    private readonly List<Iced.Intel.Instruction> _code = [];

    private FrameCode(FoundFunction function, ILoadedModule module, DwarfDie die, IReadOnlyList<(ulong Start, ulong End)> ranges, Func<ulong, UnwindRow?> rowAt)
    {
        (Function, Module, Die, Ranges, _rowAt) = (function, module, die, ranges, rowAt);
        foreach ((ulong start, ulong end) in ranges)
        {
            Decode(start, end);
        }
    }

    internal FoundFunction Function { get; }

    internal ILoadedModule Module { get; }

    /// <summary>Its entry in the debug information; not valid where there is none.</summary>
    internal DwarfDie Die { get; }

    /// <summary>What of the function has no entry and no return of its own; null where all has.</summary>
    internal string? Unseen => InlinedCopies.Of(Die) is { } copies ? $"{Function.Name} is {copies} besides: what happens there is not seen" : null;

    /// <summary>Addresses of the process, the entry's first.</summary>
    internal IReadOnlyList<(ulong Start, ulong End)> Ranges { get; }

    internal IReadOnlyList<(Address Start, Address End)> Addresses => [.. Ranges.Select(range => (new Address(range.Start), new Address(range.End)))];

    internal IReadOnlyList<Iced.Intel.Instruction> Code => _code;

    /// <summary>At its first instruction the call has pushed the return address, and nothing else has happened.</summary>
    internal ProbePlace Entry => new(ProbeKind.Enter, Function.Address, FromFramePointer: false, sizeof(ulong));

    /// <summary>Returns, and jumps to other functions in place of a call and a return. An indirect jump may be a switch as well; that is left out, as are
    /// conditional ones: what they end is noticed later (bpf/arising.bpf.h).</summary>
    internal IEnumerable<ProbePlace> Exits => _code
        .Where(instruction => instruction.FlowControl == FlowControl.Return
            || (instruction.FlowControl == FlowControl.UnconditionalBranch && instruction.IsJmpShortOrNear && !IsInside(instruction.NearBranchTarget)))
        .Select(instruction => new ProbePlace(ProbeKind.Leave, new Address(instruction.IP), FromFramePointer: false, sizeof(ulong)));

    /// <summary>It may go on to another function in place of a call and a return. An indirect jump may be a switch as well.</summary>
    internal bool IsLeftByJumps => _code.Exists(instruction => instruction.FlowControl == FlowControl.IndirectBranch
        || ((instruction.IsJmpShortOrNear || instruction.IsJccShortOrNear) && !IsInside(instruction.NearBranchTarget)));

    /// <exception cref="RefusalException">It is no function, or its code cannot be read.</exception>
    internal static FrameCode Find(string name, TargetView view, ModuleIndexes indexes, Func<ulong, UnwindRow?> rowAt)
    {
        FoundFunction function = new FunctionFinder(view, indexes).Find(name);
        ILoadedModule module = view.Modules.FirstOrDefault(module => function.Address >= module.Start && function.Address < module.End)
            ?? throw new RefusalException($"{function.Name} is at {function.Address}, in no module");
        ulong inFile = unchecked(function.Address.Value - module.DwarfBias);
        DwarfDie die = indexes[module].Functions.Functions.All.FirstOrDefault(entry => entry.Die.EntryAddress == inFile)?.Die ?? default;
        List<(ulong Start, ulong End)> ranges = die.IsValid
            ? [.. CodeRanges.Of(die).Select(range => (unchecked(range.Start + module.DwarfBias), unchecked(range.End + module.DwarfBias)))]
            : [];
        if (ranges.Count == 0)
        {
            ranges = [.. BySymbols(function, module)];
        }

        ulong bytes = ranges.Aggregate(0UL, (sum, range) => sum + (range.End - range.Start));
        if (bytes is 0 or > MostBytes)
        {
            throw new RefusalException(bytes == 0 ? $"nobody says where {function.Name} ends" : $"{function.Name} has {bytes:N0} bytes of code, too many");
        }

        FrameCode code = new(function, module, die, [.. ranges.OrderBy(range => range.Start != function.Address.Value)], rowAt);
        return code.Code.Count > 0 ? code : throw new RefusalException($"the code of {function.Name} cannot be read");
    }

    /// <summary>The function whose code is at an address.</summary>
    /// <exception cref="RefusalException">The debug information has none.</exception>
    internal static FrameCode At(Address address, TargetView view, ModuleIndexes indexes, Func<ulong, UnwindRow?> rowAt)
    {
        ILoadedModule module = view.Modules.First(module => address >= module.Start && address < module.End);
        ulong inFile = unchecked(address.Value - module.DwarfBias);
        foreach (DwarfUnit unit in indexes[module].Units.Where(unit => unit.Root.Covers(inFile) || unit.LineOwner.Covers(inFile)))
        {
            if (new UnitCode(unit).TryFindFunction(inFile, out DwarfDie die) && die.EntryAddress is { } entry)
            {
                var start = new Address(unchecked(entry + module.DwarfBias));
                FoundFunction function = new(FunctionNames.Of(die, null) ?? die.Name ?? start.ToString(), start, 0, die.Flag(DwarfAt.External));
                return new(function, module, die, [.. CodeRanges.Of(die).Select(range => (unchecked(range.Start + module.DwarfBias), unchecked(range.End + module.DwarfBias)))], rowAt);
            }
        }

        throw new RefusalException($"the debug information of {module.Name} has no function at {address}");
    }

    /// <summary>How the CFA follows at an address; null where it does not by a register and an offset.</summary>
    internal (int Register, long Offset)? CfaAt(ulong address) => _rowAt(address) is { CfaExpression: null } row ? (row.CfaRegister, row.CfaOffset) : null;

    /// <summary>The offset by which the CFA follows from a register in the function's body; null where it does not, or not always the same way.</summary>
    internal long? CfaFrom(int register)
    {
        List<long> offsets = [.. _code.Select(instruction => CfaAt(instruction.IP)).OfType<(int Register, long Offset)>().Where(cfa => cfa.Register == register).Select(cfa => cfa.Offset).Distinct()];
        // RBP has one place. RSP goes down in the prologue and up in the epilogue, and where it is the frame's base, stays in between.
        return offsets.Count == 0 || (register != X64.Rsp && offsets.Count > 1) ? null : offsets.Max();
    }

    internal bool IsInside(ulong address) => Ranges.Any(range => address >= range.Start && address < range.End);

    private static IEnumerable<(ulong Start, ulong End)> BySymbols(FoundFunction function, ILoadedModule module)
    {
        string? name = module.SymbolAt(function.Address)?.Name;
        yield return (function.Address.Value, function.Address.Value + function.Size);
        foreach (ElfSymbol part in module.Symbols.Where(symbol => name is not null && symbol.Name.StartsWith($"{name}.cold", StringComparison.Ordinal)))
        {
            yield return (part.Address.Value, part.Address.Value + part.Size);
        }
    }

    /// <summary>From the file: what is in memory may have probes in it.</summary>
    private void Decode(ulong start, ulong end)
    {
        byte[] bytes = new byte[(int)(end - start)];
        if (!Module.TryReadFile(new Address(start), bytes))
        {
            return;
        }

        var decoder = Decoder.Create(64, new ByteArrayCodeReader(bytes), start);
        while (decoder.IP < end)
        {
            decoder.Decode(out Iced.Intel.Instruction instruction);
            if (instruction.IsInvalid)
            {
                return;
            }

            _code.Add(instruction);
        }
    }
}
