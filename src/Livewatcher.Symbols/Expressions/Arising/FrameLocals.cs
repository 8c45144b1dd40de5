// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>A function's variables that live in its frame: FUNC::name. Their addresses are those in a frame whose CFA is <see cref="Cfa"/>.</summary>
internal sealed class FrameLocals(TargetView view, ModuleIndexes indexes, TypeReader reader, Func<ulong, UnwindRow?> rowAt) : ILocalNames
{
    /// <summary>Where no program has memory: what an expression would have to read there is refused.</summary>
    internal const ulong Cfa = 1UL << 62;

    private const byte Reg6 = DwarfOp.Reg0 + X64.Rbp, Reg7 = DwarfOp.Reg0 + X64.Rsp, Breg6 = DwarfOp.Breg0 + X64.Rbp, Breg7 = DwarfOp.Breg0 + X64.Rsp;

    private const int MaximumDepth = 64;

    /// <summary>The function whose frames are meant; null until a name of it was met.</summary>
    internal FrameCode? Function { get; private set; }

    /// <inheritdoc/>
    public FoundVariable? Find(QualifiedName name)
    {
        if (name.Scope.Length == 0)
        {
            return null;
        }

        FrameCode code;
        try
        {
            code = FrameCode.Find(new QualifiedName(name.File, "", name.Scope).ToString(), view, indexes, rowAt);
        }
        catch (RefusalException) when (Function is not null)
        {
            return null; // another name, of a namespace or a class
        }

        if (!code.Die.IsValid)
        {
            throw new RefusalException($"{code.Module.Name} has no debug information for {code.Function.Name}: where its variables are nobody says");
        }

        List<DwarfDie> found = [];
        Collect(code.Die, name.Name, found, new DwarfOrder(), 0);
        if (found.Count != 1)
        {
            throw new RefusalException(found.Count == 0
                ? $"{code.Function.Name} has no variable {name.Name}{NearestNames.Phrase(NearestNames.Find(name.Name, Names(code.Die)))}"
                : $"{code.Function.Name} has {found.Count} variables {name.Name}, in lines {string.Join(", ", found.Select(die => die.Unsigned(DwarfAt.DeclarationLine)))}: which is meant cannot be said");
        }

        Function = code;
        long offset = OffsetOf(found[0], code, name.ToString());
        return new(reader.Read(found[0].Type), code.Module, new Address(unchecked(Cfa + (ulong)offset)), IsThreadLocal: false, null);
    }

    /// <summary>From the CFA.</summary>
    private static long OffsetOf(DwarfDie variable, FrameCode code, string name)
    {
        if (!variable.TryGet(DwarfAt.Location, out DwarfAttribute attribute) || DwarfLocation.Read(attribute) is not { Count: > 0 } places)
        {
            throw new RefusalException($"{name} has no memory: it is optimised out");
        }

        DwarfOperation[] first = places[0];
        if (places.Any(place => place is not [{ Atom: DwarfOp.FbReg or Breg6 or Breg7 }]) || places.Any(place => place[0] != first[0]))
        {
            throw new RefusalException($"{name} is not at one place of the frame for all of its life: the optimiser keeps it in registers; a build without optimisation has it in memory");
        }

        return FromCfa(first[0], code);
    }

    /// <summary>Where a location of one operation is, from the CFA.</summary>
    /// <param name="place">DW_OP_fbreg, or DW_OP_breg of RBP or RSP in a function's body.</param>
    /// <param name="code">The function.</param>
    internal static long FromCfa(DwarfOperation place, FrameCode code)
    {
        long number = unchecked((long)place.Number);
        return place.Atom switch
        {
            Breg6 => number - FromCfa(code, X64.Rbp),
            Breg7 => number - FromCfa(code, X64.Rsp),
            _ => code.Die.TryGet(DwarfAt.FrameBase, out DwarfAttribute frame) && DwarfLocation.Read(frame) is [[var basis]] ? basis.Atom switch
            {
                DwarfOp.CallFrameCfa => number,
                Reg6 => number - FromCfa(code, X64.Rbp),
                Reg7 => number - FromCfa(code, X64.Rsp),
                Breg6 => number + unchecked((long)basis.Number) - FromCfa(code, X64.Rbp),
                Breg7 => number + unchecked((long)basis.Number) - FromCfa(code, X64.Rsp),
                _ => throw new RefusalException($"where the frames of {code.Function.Name} begin is said in a way that is not known (DWARF operation 0x{basis.Atom:x2})"),
            } : throw new RefusalException($"where the frames of {code.Function.Name} begin is not said"),
        };
    }

    private static long FromCfa(FrameCode code, int register) => code.CfaFrom(register)
        ?? throw new RefusalException($"the frames of {code.Function.Name} are aligned when they are made: where its variables are is known then only");

    private static IEnumerable<string> Names(DwarfDie function)
    {
        List<DwarfDie> all = [];
        Collect(function, null, all, new DwarfOrder(), 0);
        return all.Select(die => die.Name).OfType<string>();
    }

    private static void Collect(DwarfDie parent, string? name, List<DwarfDie> found, DwarfOrder order, int depth)
    {
        foreach (DwarfDie child in parent)
        {
            if (!order.Advance(child) || depth > MaximumDepth)
            {
                return;
            }

            switch (child.Tag)
            {
                case DwarfTag.Variable or DwarfTag.FormalParameter when name is null || child.Name == name:
                    found.Add(child);
                    break;
                case DwarfTag.LexicalBlock:
                    Collect(child, name, found, order, depth + 1);
                    break;
                default:
                    break;
            }
        }
    }
}
