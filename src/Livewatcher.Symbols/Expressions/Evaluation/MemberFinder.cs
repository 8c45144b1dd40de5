// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Evaluation;

/// <summary>Finds members: own ones, those of anonymous structs and unions, those of base classes, virtual bases too.</summary>
internal sealed class MemberFinder(TypeFinder types, VariableFinder variables, Func<ulong, ulong?> readWord)
{
    private const int MaximumDepth = 32;

    /// <summary>Classes looked into for one member. Only a damaged file has a class inside itself, twice, which no depth bounds.</summary>
    private const int MaximumVisits = 1 << 16;

    private int _visits;

    /// <param name="aggregate">A struct, class or union.</param>
    /// <param name="address">Of the object.</param>
    /// <param name="member">The member's name; Base::name takes that of a base class.</param>
    /// <param name="text">The whole expression, for complaints.</param>
    internal Operand.Place Find(DataType aggregate, Address address, QualifiedName member, string text)
    {
        _visits = 0;
        DataType whole = types.Complete(aggregate);
        if (whole.IsIncomplete)
        {
            throw new RefusalException($"{whole} is incomplete: no debug information defines it, so {text} has no place", mayComeLater: true);
        }

        if (member.Scope.Length > 0)
        {
            Operand.Place subobject = Base(whole, address, member.Scope, 0)
                ?? throw new RefusalException($"{whole} has no base class {member.Scope}");
            return Find(subobject.Type.Plain, subobject.Address, member with { Scope = "" }, text);
        }

        List<Operand.Place> found = [.. Named(whole, address, member.Name, 0).DistinctBy(p => (p.Address, p.Bits))];
        return found.Count switch
        {
            1 => found[0],
            0 => throw new RefusalException(
                $"{whole} has no member {member.Name}{NearestNames.Phrase(NearestNames.Find(member.Name, Names(whole, 0)))}"),
            _ => throw new RefusalException($"{member.Name} is a member of several base classes of {whole}: write Base::{member.Name}"),
        };
    }

    /// <summary>The distance from an object of a class to its base class; null where it is none, or where only an object knows
    /// (a virtual base), or where there are several.</summary>
    internal ulong? BaseOffset(DataType derived, DataType wanted, int depth = 0)
    {
        _visits = depth == 0 ? 0 : _visits;
        Visit(derived);
        ulong? found = null;
        foreach (TypeMember parent in types.Complete(derived).Members.Where(m => m.Kind == MemberKind.BaseClass))
        {
            DataType type = types.Complete(parent.Type.Value);
            ulong? inside = Same(type, wanted) ? 0 : depth < MaximumDepth ? BaseOffset(type, wanted, depth + 1) : null;
            if (inside is { } distance)
            {
                if (found is not null)
                {
                    return null;
                }

                found = parent.Offset + distance;
            }
        }

        return found;
    }

    private static bool Same(DataType left, DataType right) =>
        left == right || (left.Kind == TypeKind.Aggregate && CxxName.Normalise(left.Name) == CxxName.Normalise(right.Plain.Name));

    private List<Operand.Place> Named(DataType aggregate, Address address, string name, int depth)
    {
        List<Operand.Place> found = [];
        if (depth > MaximumDepth)
        {
            return found;
        }

        Visit(aggregate);
        foreach (TypeMember member in aggregate.Members)
        {
            if (member.Name == name)
            {
                found.Add(member.Kind == MemberKind.Static ? Static(aggregate, name) : At(member, address));
            }
            else if (member is { Name: null, Kind: MemberKind.Data } && member.Type.Value.Plain is { Kind: TypeKind.Aggregate } unnamed)
            {
                found.AddRange(Named(unnamed, address + member.Offset, name, depth + 1));
            }
        }

        // A derived class hides what its bases have under the same name.
        return found.Count > 0
            ? found
            : [.. Bases(aggregate, address).SelectMany(b => Named(types.Complete(b.Type), b.Address, name, depth + 1))];
    }

    private Operand.Place? Base(DataType aggregate, Address address, string name, int depth)
    {
        Visit(aggregate);
        foreach (Operand.Place parent in depth > MaximumDepth ? [] : Bases(aggregate, address))
        {
            DataType type = types.Complete(parent.Type);
            if (CxxName.EndsWithPath(CxxName.Normalise(type.Name), CxxName.Normalise(name)))
            {
                return parent with { Type = type };
            }

            if (Base(type, parent.Address, name, depth + 1) is { } deeper)
            {
                return deeper;
            }
        }

        return null;
    }

    private IEnumerable<Operand.Place> Bases(DataType aggregate, Address address)
    {
        foreach (TypeMember member in aggregate.Members)
        {
            if (member.Kind == MemberKind.BaseClass)
            {
                yield return new(member.Type.Value, address + member.Offset);
            }
            else if (member.Kind == MemberKind.VirtualBaseClass)
            {
                yield return new(member.Type.Value, VirtualBase(member, address));
            }
        }
    }

    /// <summary>The place of a virtual base is in the object's virtual table; DWARF gives the way as an expression.</summary>
    private Address VirtualBase(TypeMember member, Address address)
    {
        Location location = member.Die.TryGet(DwarfAt.DataMemberLocation, out DwarfAttribute attribute)
            && DwarfLocation.Read(attribute) is [{ } way, ..]
            ? LocationEvaluator.Run(way, readWord, address.Value)
            : Location.Nowhere("the debug information does not say where it is");
        return location.Problem is { } problem
            ? throw new RefusalException($"the virtual base class {member.Type.Value} of the object at {address} cannot be found: {problem}")
            : new Address(location.Value);
    }

    private static Operand.Place At(TypeMember member, Address address) =>
        member.Bits is { } bits ? new(member.Type.Value, address, bits) : new(member.Type.Value, address + member.Offset);

    private Operand.Place Static(DataType aggregate, string name)
    {
        FoundVariable variable = variables.Find(new QualifiedName(null, aggregate.Name, name));
        return variable.IsThreadLocal
            ? throw new RefusalException($"{aggregate.Name}::{name} is thread-local: watch it by that name")
            : new(variable.Type, variable.Address);
    }

    private IEnumerable<string> Names(DataType aggregate, int depth)
    {
        Visit(aggregate);
        return depth > MaximumDepth
            ? []
            : aggregate.Members.SelectMany(m => m.Name is { } name ? [name]
                : m.Type.Value.Plain.Kind == TypeKind.Aggregate ? Names(types.Complete(m.Type.Value), depth + 1) : []);
    }

    private void Visit(DataType aggregate)
    {
        if (++_visits > MaximumVisits)
        {
            throw new RefusalException($"{aggregate.Name} has more members and base classes than can be looked through");
        }
    }
}
