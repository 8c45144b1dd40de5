// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;
using Livewatcher.Recording.Format;

namespace Livewatcher.Recording.Reading;

/// <summary>A value in its three columns.</summary>
/// <param name="Kind">ValueKind's number; null where there is no value.</param>
/// <param name="Number">INTEGER; TEXT in decimal where 64 bits do not hold it; REAL for a float; null for bytes and for not a number.</param>
/// <param name="Text">As people read it; null where that is the number itself.</param>
internal readonly record struct StoredValue(long? Kind, object? Number, string? Text)
{
    /// <exception cref="DamagedException">No writer has written that.</exception>
    internal Value? ToValue()
    {
        if (Kind is not { } number)
            return null;
        ValueKind kind = (ValueKind)number;
        return kind switch
        {
            ValueKind.Float => new Value(kind, Text ?? throw NoValue(), 0, Number switch
            {
                null => double.NaN,
                double real => real,
                long whole => whole,
                _ => throw NoValue(),
            }),
            ValueKind.Bytes => new Value(kind, Text ?? throw NoValue()),
            ValueKind.Integer or ValueKind.Boolean or ValueKind.Enumerator or ValueKind.Pointer => Whole(kind),
            _ => throw NoValue(),
        };
    }

    private Value Whole(ValueKind kind)
    {
        Int128 number = Number switch
        {
            long whole => whole,
            string digits when Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 wide) => wide,
            _ => throw NoValue(),
        };
        return new Value(kind, Text ?? number.ToString(CultureInfo.InvariantCulture), number);
    }

    private static DamagedException NoValue() => new("a value is none");
}
