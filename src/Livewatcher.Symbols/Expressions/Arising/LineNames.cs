// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Naming;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>What can be named at an instruction amid a function: the variables of the blocks around it, where the debug information has them there.</summary>
internal sealed class LineNames : ILocalNames
{
    private const int MaximumDepth = 64;

    private readonly FrameCode _code;
    private readonly Address _address;
    private readonly ulong _inFile;
    private readonly LaterMemory _later;
    private readonly TypeReader _reader;

    /// <summary>Outermost first; nothing of those around an inlined function.</summary>
    private readonly List<DwarfDie> _scopes = [];

    /// <param name="code">The function.</param>
    /// <param name="address">The instruction.</param>
    /// <param name="later">Takes where they are.</param>
    /// <param name="reader">Reads their types.</param>
    internal LineNames(FrameCode code, Address address, LaterMemory later, TypeReader reader)
    {
        (_code, _address, _later, _reader) = (code, address, later, reader);
        _inFile = unchecked(address.Value - code.Module.DwarfBias);
        _scopes.Add(code.Die);
        Descend(code.Die, new DwarfOrder(), 0);
    }

    /// <summary>The innermost function, inlined or not, and what tells it from others.</summary>
    internal DwarfDie Function => _scopes[0];

    /// <inheritdoc/>
    public FoundVariable? Find(QualifiedName name)
    {
        if (name.Scope.Length > 0 || name.File is not null)
        {
            return null;
        }

        foreach (DwarfDie scope in Enumerable.Reverse(_scopes))
        {
            if (Variables(scope).FirstOrDefault(variable => variable.Name == name.Name) is { IsValid: true } found)
            {
                return new(_reader.Read(found.Type), _code.Module, PlaceOf(found, name.Name), IsThreadLocal: false, null);
            }
        }

        return null;
    }

    /// <summary>Said where a name is nobody's.</summary>
    internal string Describe()
    {
        List<string> names = [.. _scopes.SelectMany(Variables).Select(variable => variable.Name).OfType<string>().Distinct()];
        return names.Count == 0 ? $"{Function.Name} has no variables there" : $"the variables of {Function.Name} there are {string.Join(", ", names)}";
    }

    private static List<DwarfDie> Variables(DwarfDie scope)
    {
        List<DwarfDie> found = [];
        foreach (DwarfDie child in scope)
        {
            if (child.Tag is DwarfTag.FormalParameter or DwarfTag.Variable)
            {
                found.Add(child);
            }
        }

        return found;
    }

    private void Descend(DwarfDie parent, DwarfOrder order, int depth)
    {
        foreach (DwarfDie child in parent)
        {
            bool isInlined = child.Tag == NamingTag.InlinedSubroutine;
            if (!order.Advance(child) || depth > MaximumDepth)
            {
                return;
            }

            if ((!isInlined && child.Tag is not (DwarfTag.LexicalBlock or NamingTag.TryBlock or NamingTag.CatchBlock)) || !child.Covers(_inFile))
            {
                continue;
            }

            if (isInlined)
            {
                _scopes.Clear();
            }

            _scopes.Add(child);
            Descend(child, order, depth + 1);
            return;
        }
    }

    private Address PlaceOf(DwarfDie variable, string name)
    {
        if (!variable.TryGet(DwarfAt.Location, out DwarfAttribute location) || DwarfLocation.ReadAt(location, _inFile) is not [var place])
        {
            throw new RefusalException($"{name} is nowhere at {_address}: the optimiser does without it there, or has put it together from pieces; another line, or a build without optimisation, has it");
        }

        long number = unchecked((long)place.Number);
        return place.Atom switch
        {
            DwarfOp.Addr => new Address(unchecked(place.Number + _code.Module.DwarfBias)),
            >= DwarfOp.Reg0 and < DwarfOp.Reg0 + X64.ReturnAddress => _later.InRegister(place.Atom - DwarfOp.Reg0),
            >= DwarfOp.Breg0 and < DwarfOp.Breg0 + X64.ReturnAddress => _later.InFrame(place.Atom - DwarfOp.Breg0, number),
            DwarfOp.FbReg when FrameBase() is var (register, offset) => _later.InFrame(register, offset + number),
            _ => throw new RefusalException($"where {name} is at {_address} is said in a way that is not known (DWARF operation 0x{place.Atom:x2})"),
        };
    }

    /// <summary>What DW_OP_fbreg counts from at the instruction.</summary>
    private (int Register, long Offset)? FrameBase() =>
        _code.Die.TryGet(DwarfAt.FrameBase, out DwarfAttribute frame) && DwarfLocation.ReadAt(frame, _inFile) is [var basis] ? basis.Atom switch
        {
            DwarfOp.CallFrameCfa => _code.CfaAt(_address.Value),
            >= DwarfOp.Reg0 and < DwarfOp.Reg0 + X64.ReturnAddress => (basis.Atom - DwarfOp.Reg0, 0),
            >= DwarfOp.Breg0 and < DwarfOp.Breg0 + X64.ReturnAddress => (basis.Atom - DwarfOp.Breg0, unchecked((long)basis.Number)),
            _ => null,
        } : null;
}
