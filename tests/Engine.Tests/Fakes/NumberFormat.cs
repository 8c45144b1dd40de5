// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>An unsigned number of up to 8 bytes, longer objects in hexadecimal bytes.</summary>
internal sealed class NumberFormat : IValueFormat
{
    internal static NumberFormat Instance { get; } = new();

    public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf)
    {
        if (bytes.Length > 8)
            return new Value(ValueKind.Bytes, Convert.ToHexStringLower(bytes));
        Span<byte> wide = stackalloc byte[8];
        wide.Clear();
        bytes.CopyTo(wide);
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(wide);
        return new Value(ValueKind.Integer, $"{number}", number);
    }
}
