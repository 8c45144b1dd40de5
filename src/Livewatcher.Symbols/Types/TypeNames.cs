// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Types;

/// <summary>Writes types as C declares them, without a variable's name (C17, 6.7.7 type names).</summary>
internal static class TypeNames
{
    private const int MaximumDepth = 32;
    private const int MaximumLength = 4096;

    internal static string Write(DataType type)
    {
        string text = Declare(type, "", 0);
        return text.Length > MaximumLength ? string.Concat(text.AsSpan(0, MaximumLength), "...") : text;
    }

    private static string Declare(DataType type, string inner, int depth)
    {
        if (depth > MaximumDepth || inner.Length > MaximumLength)
        {
            return "...";
        }

        switch (type.Kind)
        {
            case TypeKind.Pointer or TypeKind.Reference:
                bool binds = type.Target.Kind is TypeKind.Array or TypeKind.Function;
                return Declare(type.Target, binds ? $"({type.Name}{inner})" : type.Name + inner, depth + 1);
            case TypeKind.Array:
                return Declare(type.Target, $"{inner}[{type.Count}]", depth + 1);
            case TypeKind.Function:
                string parameters = string.Join(", ", type.Parameters.Select(p => Declare(p, "", depth + 1)));
                return Declare(type.Target, $"{inner}({(parameters.Length > 0 ? parameters : "void")})", depth + 1);
            case TypeKind.Qualified when type.Target.Kind is TypeKind.Pointer:
                return Declare(type.Target, inner.Length == 0 ? type.Name : $"{type.Name} {inner}", depth + 1);
            case TypeKind.Qualified when Element(type.Target) is { Kind: TypeKind.Qualified } element && element.Name == type.Name:
                // gcc says of an array of const elements that it is const itself.
                return Declare(type.Target, inner, depth + 1);
            case TypeKind.Qualified:
                return $"{type.Name} {Declare(type.Target, inner, depth + 1)}";
            default:
                return inner.Length == 0 ? type.Name : $"{type.Name} {inner}";
        }
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
