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
internal sealed class FrameLocals(TargetView view, ModuleIndexes indexes, TypeReader reader, Func<ulong, UnwindRow?> rowAt)
{
    /// <summary>Where no program has memory: what an expression would have to read there is refused.</summary>
    internal const ulong Cfa = 1UL << 62;

    private const uint FrameBase = 0x40; // DW_AT_frame_base, and DW_OP_*: DWARF 5, tables 7.5 and 7.9
    private const byte Reg6 = 0x56, Reg7 = 0x57, Breg6 = 0x76, Breg7 = 0x77, FbReg = 0x91, CallFrameCfa = 0x9c;

    private const int MaximumDepth = 64;

    /// <summary>The function whose frames are meant; null until a name of it was met.</summary>
    internal FrameCode? Function { get; private set; }

    /// <returns>Null for what is no local variable.</returns>
    internal FoundVariable? Find(QualifiedName name)
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
        if (places.Any(place => place is not [{ Atom: FbReg or Breg6 or Breg7 }]) || places.Any(place => place[0] != first[0]))
        {
            throw new RefusalException($"{name} is not at one place of the frame for all of its life: the optimiser keeps it in registers; a build without optimisation has it in memory");
        }

        long number = unchecked((long)first[0].Number);
        return first[0].Atom switch
        {
            Breg6 => number - FromCfa(code, X64.Rbp),
            Breg7 => number - FromCfa(code, X64.Rsp),
            _ => code.Die.TryGet(FrameBase, out DwarfAttribute frame) && DwarfLocation.Read(frame) is [[var basis]] ? basis.Atom switch
            {
                CallFrameCfa => number,
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
