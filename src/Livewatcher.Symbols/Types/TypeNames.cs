// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Types;

/// <summary>Writes types as C declares them, without a variable's name (C17, 6.7.7 type names).</summary>
internal static class TypeNames
{
    private const int MaximumDepth = 32;
    private const int MaximumLength = 4096;

    /// <summary>Parts of one name. A damaged file may hold a function that takes itself, twice, and so without end.</summary>
    private const int MaximumParts = 4096;

    internal static string Write(DataType type)
    {
        int parts = 0;
        string text = Declare(type, "", 0, ref parts);
        return text.Length > MaximumLength ? string.Concat(text.AsSpan(0, MaximumLength), "...") : text;
    }

    private static string Declare(DataType type, string inner, int depth, ref int parts)
    {
        if (depth > MaximumDepth || inner.Length > MaximumLength || ++parts > MaximumParts)
        {
            return "...";
        }

        switch (type.Kind)
        {
            case TypeKind.Pointer or TypeKind.Reference:
                bool binds = type.Target.Kind is TypeKind.Array or TypeKind.Function;
                return Declare(type.Target, binds ? $"({type.Name}{inner})" : type.Name + inner, depth + 1, ref parts);
            case TypeKind.Array:
                return Declare(type.Target, $"{inner}[{type.Count}]", depth + 1, ref parts);
            case TypeKind.Function:
                return Declare(type.Target, $"{inner}({Parameters(type, depth, ref parts)})", depth + 1, ref parts);
            case TypeKind.Qualified when type.Target.Kind is TypeKind.Pointer:
                return Declare(type.Target, inner.Length == 0 ? type.Name : $"{type.Name} {inner}", depth + 1, ref parts);
            case TypeKind.Qualified when Element(type.Target) is { Kind: TypeKind.Qualified } element && element.Name == type.Name:
                // gcc says of an array of const elements that it is const itself.
                return Declare(type.Target, inner, depth + 1, ref parts);
            case TypeKind.Qualified:
                return $"{type.Name} {Declare(type.Target, inner, depth + 1, ref parts)}";
            default:
                return inner.Length == 0 ? type.Name : $"{type.Name} {inner}";
        }
    }

    private static string Parameters(DataType function, int depth, ref int parts)
    {
        List<string> written = [];
        foreach (DataType parameter in function.Parameters)
        {
            written.Add(Declare(parameter, "", depth + 1, ref parts));
        }

        return written.Count == 0 ? "void" : string.Join(", ", written);
    }

    private static DataType Element(DataType type)
    {
        for (int i = 0; i < MaximumDepth && type.Kind == TypeKind.Array; i++)
        {
            type = type.Target;
        }

        return type;
    }
}
