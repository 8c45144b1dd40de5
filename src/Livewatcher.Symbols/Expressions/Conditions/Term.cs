// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>What a part of a condition stands for. What is computed at the hit stands in the register that the part was
/// compiled for.</summary>
internal abstract record Term
{
    /// <summary>A number that is known now.</summary>
    /// <param name="Number">Its type.</param>
    /// <param name="Bits">As it would stand in a register.</param>
    /// <param name="Pointer">Its type, where it is a pointer.</param>
    internal sealed record Known(NumberType Number, ulong Bits, DataType? Pointer = null) : Term;

    /// <summary>A number in the register.</summary>
    internal sealed record Computed(NumberType Number, DataType? Pointer = null) : Term;

    /// <summary>An object in the target's memory.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="IsAbsolute">True where <paramref name="Offset"/> is its address; false where the register is to be added.</param>
    /// <param name="Offset">Bytes.</param>
    /// <param name="Bits">For a bit-field its place from there on.</param>
    internal sealed record Place(DataType Type, bool IsAbsolute, ulong Offset, BitRange? Bits = null) : Term;

    /// <summary>A piece of the watched object, as it is now or was before.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Variable">New or Old.</param>
    /// <param name="Bits">Its place.</param>
    internal sealed record Watched(DataType Type, ConditionVariable Variable, BitRange Bits) : Term;

    /// <summary>The thread's name, which can be compared with a text.</summary>
    internal sealed record ThreadName : Term;

    internal sealed record Literal(string Text) : Term;

    /// <summary>The type it was declared with; null for numbers without one.</summary>
    internal DataType? DeclaredType => this switch
    {
        Known known => known.Pointer,
        Computed computed => computed.Pointer,
        Place place => place.Type,
        Watched watched => watched.Type,
        _ => null,
    };
}

/// <summary>What a condition belongs to.</summary>
/// <param name="Type">Of the watched object; null for an execution breakpoint.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Bits">For a bit-field its place in them.</param>
internal sealed record WatchedObject(DataType? Type, int Length, BitRange? Bits);
