// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Recorded;

/// <summary>Kinds of types by the words that a recording has for them.</summary>
internal static class ShapeWords
{
    private static readonly (TypeKind Kind, string Word)[] All =
    [
        (TypeKind.Integer, "integer"), (TypeKind.Character, "character"), (TypeKind.Boolean, "boolean"), (TypeKind.Float, "float"),
        (TypeKind.Enumeration, "enumeration"), (TypeKind.Pointer, "pointer"), (TypeKind.Array, "array"), (TypeKind.Aggregate, "aggregate"),
        (TypeKind.Void, "void"),
    ];

    /// <summary>"bytes" for what has no word of its own.</summary>
    internal static string Of(TypeKind kind) => All.FirstOrDefault(one => one.Kind == kind).Word ?? "bytes";

    internal static TypeKind KindOf(string word) => Array.Find(All, one => one.Word == word) is { Word: not null } found ? found.Kind : TypeKind.Opaque;
}
