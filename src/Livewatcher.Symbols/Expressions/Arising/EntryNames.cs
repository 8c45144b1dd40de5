// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>What a function's parameters are at its first instruction. Its other variables are nothing yet.</summary>
/// <param name="code">The function.</param>
/// <param name="later">Takes where they are.</param>
/// <param name="reader">Reads their types.</param>
/// <param name="arguments">The calling convention.</param>
internal sealed class EntryNames(FrameCode code, LaterMemory later, TypeReader reader, ArgumentRegisters arguments) : ILocalNames
{
    /// <summary>DW_CC_nocall (DWARF 5, table 7.20): not by the calling convention.</summary>
    private const ulong NoCall = 3;

    /// <summary>What gcc writes behind the names of copies whose parameters it has changed.</summary>
    private static readonly string[] ChangedCopies = [".isra.", ".constprop.", ".part."];

    /// <inheritdoc/>
    public FoundVariable? Find(QualifiedName name)
    {
        if (name.Scope.Length > 0 || name.File is not null)
        {
            return null;
        }

        DwarfDie parameter = Parameters().FirstOrDefault(parameter => parameter.Name == name.Name);
        return parameter.IsValid ? new(reader.Read(parameter.Type), code.Module, PlaceOf(parameter, name.Name), IsThreadLocal: false, null) : null;
    }

    /// <summary>Said where a name is nobody's.</summary>
    internal string Describe()
    {
        List<string> names = [.. Parameters().Select(parameter => parameter.Name).OfType<string>()];
        return !code.Die.IsValid ? $"{code.Module.Name} has no debug information for {code.Function.Name}, so what its parameters are nobody says"
            : names.Count == 0 ? $"{code.Function.Name} has no parameters"
            : $"the parameters of {code.Function.Name} are {string.Join(", ", names)}; its other variables are nothing yet at its entry: FILE:LINE of a later line";
    }

    private List<DwarfDie> Parameters()
    {
        List<DwarfDie> parameters = [];
        if (code.Die.IsValid)
        {
            foreach (DwarfDie child in code.Die)
            {
                if (child.Tag == DwarfTag.FormalParameter)
                {
                    parameters.Add(child);
                }
            }
        }

        return parameters;
    }

    private Address PlaceOf(DwarfDie parameter, string name)
    {
        ulong entry = unchecked(code.Function.Address.Value - code.Module.DwarfBias);
        if (!parameter.TryGet(DwarfAt.Location, out DwarfAttribute location) || DwarfLocation.ReadAt(location, entry) is not [var place])
        {
            throw new RefusalException($"{name} is nowhere at the entry of {code.Function.Name}: the optimiser does without it, or has put it together from pieces");
        }

        switch (place.Atom)
        {
            case >= DwarfOp.Reg0 and < DwarfOp.Reg0 + X64.ReturnAddress:
                return later.InRegister(place.Atom - DwarfOp.Reg0);
            case DwarfOp.FbReg or DwarfOp.Breg0 + X64.Rbp or DwarfOp.Breg0 + X64.Rsp:
                // From the CFA up is the caller's, who has put it there; below it, the prologue stores what it gets in a register.
                return FrameLocals.FromCfa(place, code) is >= 0 and var offset
                    ? later.InFrame(X64.Rsp, sizeof(ulong) + offset)
                    : later.InRegister(ByConvention(parameter, name));
            default:
                throw new RefusalException($"where {name} is at the entry of {code.Function.Name} is said in a way that is not known (DWARF operation 0x{place.Atom:x2})");
        }
    }

    private int ByConvention(DwarfDie parameter, string name)
    {
        string? symbol = code.Module.SymbolAt(code.Function.Address)?.Name;
        if (ChangedCopies.Any(mark => symbol?.Contains(mark, StringComparison.Ordinal) == true) || code.Die.Unsigned(DwarfAt.CallingConvention) == NoCall)
        {
            throw new RefusalException($"{symbol ?? code.Function.Name} is a copy whose parameters the compiler has changed: where {name} is at its entry nobody says");
        }

        return arguments.Of(code.Die, parameter)
            ?? throw new RefusalException($"{name} is not in one general register by the calling convention, or the types of the arguments before it are not known: a pointer or a reference is meant");
    }
}
