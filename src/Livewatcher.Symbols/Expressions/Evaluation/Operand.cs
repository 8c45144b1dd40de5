// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Evaluation;

/// <summary>What an expression stands for.</summary>
/// <param name="Type">Its type.</param>
internal abstract record Operand(DataType Type)
{
    /// <summary>An object in memory.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Address">Its first byte; for a bit-field that of the struct around it.</param>
    /// <param name="Bits">For a bit-field its place from <paramref name="Address"/> on.</param>
    internal sealed record Place(DataType Type, Address Address, BitRange? Bits = null) : Operand(Type);

    /// <summary>A number or pointer, without memory of its own.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Number">Its value.</param>
    /// <param name="IsConstant">Made of constants only, so that it may be meant as an address.</param>
    internal sealed record Computed(DataType Type, Int128 Number, bool IsConstant = false) : Operand(Type);
}
