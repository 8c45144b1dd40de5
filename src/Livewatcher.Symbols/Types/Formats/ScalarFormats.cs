// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Types.Formats;

/// <summary>A format that needs all bytes of its type; where fewer are known it shows just those.</summary>
internal abstract class ScalarFormat(int size) : IValueFormat
{
    internal int Size { get; } = size;

    public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf) =>
        bytes.Length < Size ? BytesFormat.Plain.Format(bytes, nameOf) : FormatWhole(bytes[..Size], nameOf);

    protected abstract Value FormatWhole(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf);
}

/// <summary>Integers of 1 to 16 bytes, in decimal.</summary>
internal sealed class IntegerFormat(int size, bool isSigned) : ScalarFormat(size)
{
    protected override Value FormatWhole(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf)
    {
        UInt128 raw = Bits.ReadUnsigned(bytes);
        Int128 number = isSigned ? Bits.SignExtend(raw, Size * 8) : unchecked((Int128)raw);
        return new(ValueKind.Integer, isSigned ? number.ToString() : raw.ToString(), number);
    }
}

/// <summary>char in all its widths: 97 'a'.</summary>
internal sealed class CharacterFormat(int size, bool isSigned) : ScalarFormat(size)
{
    protected override Value FormatWhole(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf)
    {
        UInt128 raw = Bits.ReadUnsigned(bytes);
        Int128 number = isSigned ? Bits.SignExtend(raw, Size * 8) : (Int128)raw;
        return new(ValueKind.Integer, $"{number} {TextEscape.Character((uint)raw, Size)}", number);
    }
}

/// <summary>true and false; a byte that is neither, which no correct program makes, shows its number.</summary>
internal sealed class BooleanFormat(int size) : ScalarFormat(size)
{
    protected override Value FormatWhole(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf)
    {
        UInt128 raw = Bits.ReadUnsigned(bytes);
        string text = raw == 0 ? "false" : raw == 1 ? "true" : $"true ({raw})";
        return new(ValueKind.Boolean, text, unchecked((Int128)raw));
    }
}

/// <summary>Pointers with the symbol they point to: 0x55e0 &lt;g_table+8&gt;.</summary>
internal sealed class PointerFormat(int size) : ScalarFormat(size)
{
    protected override Value FormatWhole(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf)
    {
        var address = new Address((ulong)Bits.ReadUnsigned(bytes));
        string? name = address.Value == 0 ? null : nameOf(address);
        return new(ValueKind.Pointer, name is null ? address.ToString() : $"{address} <{name}>", address.Value);
    }
}
