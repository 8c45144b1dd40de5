// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Types.Formats;

/// <summary>Enumerators by name; sets of flags as A|B; what the type does not name as (enum state)7.</summary>
internal sealed class EnumerationFormat : ScalarFormat
{
    private readonly bool _isSigned;
    private readonly string _typeName;
    private readonly Enumerator[] _enumerators;
    private readonly Enumerator[] _flags;

    internal EnumerationFormat(int size, bool isSigned, string typeName, string prefix, IReadOnlyList<Enumerator> enumerators)
        : base(size)
    {
        _isSigned = isSigned;
        _typeName = typeName;
        _enumerators = [.. enumerators.Select(e => e with { Name = prefix + e.Name })];
        _flags = FlagsOf(_enumerators);
    }

    protected override Value FormatWhole(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf)
    {
        UInt128 raw = Bits.ReadUnsigned(bytes);
        Int128 number = _isSigned ? Bits.SignExtend(raw, Size * 8) : unchecked((Int128)raw);
        return new(ValueKind.Enumerator, NameOf(number) ?? FlagsIn(number) ?? $"({_typeName}){number}", number);
    }

    private string? NameOf(Int128 number)
    {
        foreach (Enumerator enumerator in _enumerators)
        {
            if (enumerator.Number == number)
            {
                return enumerator.Name;
            }
        }

        return null;
    }

    private string? FlagsIn(Int128 number)
    {
        if (_flags.Length == 0 || number <= 0)
        {
            return null;
        }

        List<string> names = [];
        Int128 rest = number;
        foreach (Enumerator flag in _flags)
        {
            if ((rest & flag.Number) != 0)
            {
                names.Add(flag.Name);
                rest &= ~flag.Number;
            }
        }

        if (names.Count == 0)
        {
            return null;
        }

        return rest == 0 ? string.Join("|", names) : $"{string.Join("|", names)}|0x{rest:x}";
    }

    /// <summary>The single-bit enumerators of a type that is meant as a set of flags; empty for other types. 0, 1, 2 (and 1, 2) in a row
    /// is a plain enumeration: its 3 is a wrong value, not two flags.</summary>
    private static Enumerator[] FlagsOf(Enumerator[] enumerators)
    {
        Enumerator[] single = [.. enumerators.Where(e => e.Number > 0 && Int128.IsPow2(e.Number)).DistinctBy(e => e.Number)];
        Int128 all = single.Aggregate(Int128.Zero, (bits, e) => bits | e.Number);
        Int128 highest = enumerators.Length == 0 ? 0 : enumerators.Max(e => e.Number);
        int distinct = enumerators.Select(e => e.Number).Where(n => n > 0).Distinct().Count();
        bool inARow = highest <= distinct;
        bool covered = enumerators.All(e => e.Number >= 0 && (e.Number & ~all) == 0);
        return single.Length >= 2 && covered && !inARow ? single : [];
    }
}
