// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>A virtual address in the target's address space. Never a pointer of ours.</summary>
public readonly record struct Address(ulong Value) : IComparable<Address>
{
    public static Address operator +(Address address, ulong offset) => new(address.Value + offset);

    public static Address operator -(Address address, ulong offset) => new(address.Value - offset);

    public static ulong operator -(Address left, Address right) => left.Value - right.Value;

    public static bool operator <(Address left, Address right) => left.Value < right.Value;

    public static bool operator >(Address left, Address right) => left.Value > right.Value;

    public static bool operator <=(Address left, Address right) => left.Value <= right.Value;

    public static bool operator >=(Address left, Address right) => left.Value >= right.Value;

    public int CompareTo(Address other) => Value.CompareTo(other.Value);

    /// <summary>Lower-case hexadecimal with 0x, no padding, as gdb prints it.</summary>
    public override string ToString() => $"0x{Value:x}";
}
