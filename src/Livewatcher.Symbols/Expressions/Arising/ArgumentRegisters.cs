// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>In which register a function receives a pointer: the calling convention's (System V ABI, AMD64 supplement, 3.2.3). For code whose debug
/// information tells only where its prologue stores it.</summary>
internal sealed class ArgumentRegisters(TypeReader reader, TypeFinder types)
{
    private const int Eightbyte = 8, MostVectors = 8, MaximumDepth = 16;

    /// <summary>DW_CC_pass_by_reference (DWARF 5, table 7.20): a C++ object that cannot be copied into registers.</summary>
    private const ulong PassByReference = 5;

    /// <summary>RDI, RSI, RDX, RCX, R8, R9 by their DWARF numbers.</summary>
    private static readonly int[] Order = [5, 4, 1, 2, 8, 9];

    /// <returns>Null where it is passed in no general register, in several, or the way of an argument before it is not known.</returns>
    internal int? Of(DwarfDie function, DwarfDie parameter)
    {
        int general = 0, vectors = 0;
        if (function.Type is { } result)
        {
            // What does not fit into registers is returned where the hidden first argument says.
            if (ClassesOf(reader.Read(result)) is not { } returned)
            {
                return null;
            }

            general = returned.IsMemory ? 1 : 0;
        }

        foreach (DwarfDie child in function)
        {
            if (child.Tag != DwarfTag.FormalParameter)
            {
                continue;
            }

            DataType type = reader.Read(child.Type);
            if (child.Identity == parameter.Identity)
            {
                return ClassesOf(type) is { General: 1, Vectors: 0, IsMemory: false } && general < Order.Length ? Order[general] : null;
            }

            if (ClassesOf(type) is not { } classes)
            {
                return null;
            }

            // All of it in registers, or all of it on the stack.
            if (!classes.IsMemory && general + classes.General <= Order.Length && vectors + classes.Vectors <= MostVectors)
            {
                general += classes.General;
                vectors += classes.Vectors;
            }
        }

        return null;
    }

    private Classes? ClassesOf(DataType type)
    {
        DataType whole = types.Complete(type);
        if (whole.Kind == TypeKind.Void)
        {
            return new(0, 0, false);
        }

        if (whole.Kind is TypeKind.Reference or TypeKind.Pointer || whole.Die.Unsigned(DwarfAt.CallingConvention) == PassByReference)
        {
            return new(1, 0, false);
        }

        if (whole.Size is not { } size)
        {
            return null;
        }

        if (whole.Kind is TypeKind.Aggregate && size > 2 * Eightbyte)
        {
            return new(0, 0, true);
        }

        // Per eightbyte: false for SSE, true for INTEGER, which wins (3.2.3, 4c).
        bool?[] found = new bool?[4];
        return Collect(whole, 0, found, 0) switch
        {
            null => null,
            false => new(0, 0, true),
            _ => new(found.Count(one => one == true), found.Count(one => one == false), false),
        };
    }

    /// <returns>False where it is passed in memory; null where its class is not known.</returns>
    private bool? Collect(DataType type, ulong offset, bool?[] found, int depth)
    {
        DataType whole = types.Complete(type);
        ulong size = whole.Size ?? 0;
        if (depth > MaximumDepth || offset + size > (ulong)found.Length * Eightbyte)
        {
            return null;
        }

        switch (whole.Kind)
        {
            case TypeKind.Integer or TypeKind.Character or TypeKind.Boolean or TypeKind.Enumeration or TypeKind.Pointer or TypeKind.Reference:
                Mark(found, offset, size, isGeneral: true);
                return true;
            case TypeKind.Float when size > Eightbyte: // long double; a __float128 is in a vector register, which changes nothing for those behind it but one
                return false;
            case TypeKind.Float:
                Mark(found, offset, size, isGeneral: false);
                return true;
            case TypeKind.Array when whole.Die.IsValid && whole.Die.Flag(DwarfAt.GnuVector):
                found[offset / Eightbyte] ??= false;
                return true;
            case TypeKind.Array when whole.Count is { } count && types.Complete(whole.Target).Size is { } element:
                for (ulong i = 0; i < count; i++)
                {
                    if (Collect(whole.Target, offset + (i * element), found, depth + 1) is not true and var inside)
                    {
                        return inside;
                    }
                }

                return true;
            case TypeKind.Aggregate when !whole.IsIncomplete:
                foreach (TypeMember member in whole.Members)
                {
                    ulong at = member.Bits is { } bits ? offset + (bits.First / 8) : offset + member.Offset;
                    if (member.Kind == MemberKind.VirtualBaseClass)
                    {
                        return null;
                    }

                    if (member.Kind != MemberKind.Static && Collect(member.Type.Value, member.Bits is null ? at : at & ~7UL, found, depth + 1) is not true and var inside)
                    {
                        return inside;
                    }
                }

                return true;
            default:
                return null;
        }
    }

    private static void Mark(bool?[] found, ulong offset, ulong size, bool isGeneral)
    {
        for (ulong i = offset / Eightbyte; i * Eightbyte < offset + size; i++)
        {
            found[i] = isGeneral || found[i] == true;
        }
    }

    /// <param name="General">Eightbytes in general registers.</param>
    /// <param name="Vectors">And in vector registers.</param>
    /// <param name="IsMemory">Neither.</param>
    private readonly record struct Classes(int General, int Vectors, bool IsMemory);
}
