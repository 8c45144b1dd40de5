// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Arising;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Types.Formats;

namespace Livewatcher.Symbols.Expressions.Evaluation;

/// <summary>Reads the pointers and integers that an expression goes through, and keeps account of them.</summary>
/// <param name="view">The process.</param>
/// <param name="trail">Takes the account.</param>
/// <param name="nameOf">Names what pointers point to.</param>
/// <param name="later">Where nothing is read now: takes the way that is to be gone at a later moment.</param>
internal sealed class MemoryReader(TargetView view, Trail trail, Func<Address, string?> nameOf, LaterMemory? later = null)
{
    /// <summary>The value of a scalar.</summary>
    /// <param name="operand">A place or a computed value.</param>
    /// <param name="text">The expression, for the account and for complaints.</param>
    internal Int128 Load(Operand operand, string text)
    {
        if (operand is not Operand.Place place)
        {
            return ((Operand.Computed)operand).Number;
        }

        DataType plain = place.Type.Plain;
        if (later is not null)
        {
            return plain is { Kind: TypeKind.Pointer or TypeKind.Reference, Size: sizeof(ulong) } && place.Bits is null
                ? later.Follow(place.Address, text).Value
                : throw new RefusalException($"{text} is a number that is known only then; a constant can stand in its place");
        }

        Int128 number;
        if (place.Bits is { } bits)
        {
            byte[] holder = new byte[(int)((bits.First + (ulong)bits.Count + 7) / 8)];
            Read(place.Address, holder, text);
            UInt128 raw = BitFieldFormat.Extract(holder, bits) ?? 0;
            number = plain.IsSigned ? Types.Formats.Bits.SignExtend(raw, bits.Count) : unchecked((Int128)raw);
        }
        else if (plain.Size is { } size and > 0 and <= 8)
        {
            Span<byte> buffer = stackalloc byte[8];
            buffer.Clear();
            Read(place.Address, buffer[..(int)size], text);
            ulong raw = BinaryPrimitives.ReadUInt64LittleEndian(buffer);
            number = plain.IsSigned ? Types.Formats.Bits.SignExtend(raw, (int)size * 8) : raw;
        }
        else
        {
            throw new RefusalException($"{text} has type {place.Type}, which is no number of at most 64 bits");
        }

        bool isPointer = plain.Kind is TypeKind.Pointer or TypeKind.Reference;
        trail.Add(isPointer ? $"{text} = {Describe(new Address((ulong)number))}" : $"{text} = {number}");
        return number;
    }

    internal ulong? ReadWord(ulong address) => view.ReadWord(new Address(address));

    private string Describe(Address address) =>
        address.Value != 0 && nameOf(address) is { } name ? $"{address} <{name}>" : address.ToString();

    private void Read(Address address, Span<byte> buffer, string text)
    {
        if (!view.Process.Memory.TryRead(address, buffer))
        {
            throw new RefusalException($"{text} is at {address}, where the memory cannot be read");
        }
    }
}
