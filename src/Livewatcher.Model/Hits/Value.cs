// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

public enum ValueKind
{
    /// <summary>Signed or unsigned integer, bit-field, or character code: JSON number.</summary>
    Integer,

    /// <summary>JSON number; NaN and infinities as strings.</summary>
    Float,

    /// <summary>JSON true or false.</summary>
    Boolean,

    /// <summary>Enumerator's name: JSON string; its number in <see cref="Value.Number"/>.</summary>
    Enumerator,

    /// <summary>Text is "0x... &lt;symbol+offset&gt;": JSON string.</summary>
    Pointer,

    /// <summary>Struct, union, array or untyped bytes: JSON string (Text).</summary>
    Bytes,
}

/// <summary>The content of watched memory as its type says.</summary>
/// <param name="Kind">Shape of the value.</param>
/// <param name="Text">For people: 42, -1, 3.25, true, ST_OPEN, 97 'a', 0x55e0 &lt;g_table+8&gt;, {01 00 00 00 ff}.</param>
/// <param name="Number">For Integer, Boolean, Enumerator and Pointer.</param>
/// <param name="Real">For Float.</param>
public sealed record Value(ValueKind Kind, string Text, Int128 Number = default, double Real = 0);

/// <summary>Shows bytes as a type says. Implementations are immutable and thread-safe.</summary>
public interface IValueFormat
{
    /// <param name="bytes">The object's bytes; shorter than the type where only part is known.</param>
    /// <param name="nameOf">Names what a pointer points to; null result where nothing is there.</param>
    Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf);
}
