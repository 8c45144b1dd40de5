// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Types;

internal enum MemberKind
{
    Data,
    BaseClass,
    VirtualBaseClass,

    /// <summary>A static member: declared here, with its memory elsewhere.</summary>
    Static,
}

/// <summary>A member or base class of a struct, class or union.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Null for anonymous structs and unions, and for base classes.</param>
/// <param name="Type">Its type.</param>
/// <param name="Offset">Bytes from the start of the aggregate; for virtual bases see <paramref name="Die"/>.</param>
/// <param name="Bits">For a bit-field its place; null for whole members.</param>
/// <param name="Die">The entry itself.</param>
internal sealed record TypeMember(
    MemberKind Kind, string? Name, Lazy<DataType> Type, ulong Offset, BitRange? Bits, DwarfDie Die);

/// <summary>Bits of a little-endian object: First counts from the lowest bit of the first byte.</summary>
internal readonly record struct BitRange(ulong First, int Count);
