// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Types;

/// <summary>Types that every C program has, for casts: a program's debug information holds only those that it uses.</summary>
internal static class BuiltinTypes
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["int8_t"] = "signed char", ["uint8_t"] = "unsigned char", ["int16_t"] = "short", ["uint16_t"] = "unsigned short",
        ["int32_t"] = "int", ["uint32_t"] = "unsigned int", ["int64_t"] = "long long", ["uint64_t"] = "unsigned long long",
        ["size_t"] = "unsigned long", ["ssize_t"] = "long", ["intptr_t"] = "long", ["uintptr_t"] = "unsigned long",
        ["ptrdiff_t"] = "long",
    };

    /// <summary>A fundamental type by its canonical name ("unsigned long"), or a typedef of stdint.h and stddef.h;
    /// null for any other.</summary>
    /// <param name="name">See <see cref="Canonical"/>.</param>
    /// <param name="pointerSize">8, or 4 for 32-bit programs, where long has 4 bytes.</param>
    internal static DataType? Find(string name, int pointerSize) => name switch
    {
        "void" => DataType.Void,
        "bool" or "_Bool" => new(TypeKind.Boolean, name, 1),
        "char" or "signed char" => new(TypeKind.Character, name, 1, isSigned: true),
        "unsigned char" or "char8_t" => new(TypeKind.Character, name, 1),
        "char16_t" => new(TypeKind.Character, name, 2),
        "char32_t" => new(TypeKind.Character, name, 4),
        "wchar_t" => new(TypeKind.Character, name, 4, isSigned: true),
        "short" => new(TypeKind.Integer, name, 2, isSigned: true),
        "unsigned short" => new(TypeKind.Integer, name, 2),
        "int" => new(TypeKind.Integer, name, 4, isSigned: true),
        "unsigned int" => new(TypeKind.Integer, name, 4),
        "long" => new(TypeKind.Integer, name, (ulong)pointerSize, isSigned: true),
        "unsigned long" => new(TypeKind.Integer, name, (ulong)pointerSize),
        "long long" => new(TypeKind.Integer, name, 8, isSigned: true),
        "unsigned long long" => new(TypeKind.Integer, name, 8),
        "__int128" => new(TypeKind.Integer, name, 16, isSigned: true),
        "unsigned __int128" => new(TypeKind.Integer, name, 16),
        "float" => new(TypeKind.Float, name, 4),
        "double" => new(TypeKind.Float, name, 8),
        "long double" => new(TypeKind.Float, name, pointerSize == 4 ? 12u : 16u),
        _ when Aliases.TryGetValue(name, out string? meaning) =>
            new(TypeKind.Typedef, name, target: () => Find(meaning, pointerSize)!),
        _ => null,
    };

    /// <summary>Brings the specifiers of a fundamental type into one order, as clang writes them: "int long unsigned"
    /// and "unsigned long" are the same type (C17, 6.7.2); null where the words do not make a type.</summary>
    internal static string? Canonical(IReadOnlyCollection<string> words)
    {
        int Count(string word) => words.Count(w => w == word);
        int longs = Count("long"), shorts = Count("short"), ints = Count("int"), signeds = Count("signed"), unsigneds = Count("unsigned");
        string[] others = [.. words.Where(w => w is not ("long" or "short" or "int" or "signed" or "unsigned"))];
        bool sign = signeds + unsigneds > 0;
        if (longs > 2 || shorts > 1 || ints > 1 || signeds + unsigneds > 1 || longs * shorts > 0 || others.Length > 1 || words.Count == 0)
        {
            return null;
        }

        string prefix = unsigneds > 0 ? "unsigned " : "";
        return others.Length switch
        {
            0 when shorts > 0 => prefix + "short",
            0 when longs > 0 => prefix + (longs == 2 ? "long long" : "long"),
            0 => prefix + "int",
            _ when ints > 0 || shorts > 0 => null,
            _ => others[0] switch
            {
                "char" when longs == 0 => signeds > 0 ? "signed char" : prefix + "char",
                "__int128" when longs == 0 => prefix + "__int128",
                "double" when !sign && longs < 2 => longs == 1 ? "long double" : "double",
                var word when !sign && longs == 0 => word,
                _ => null,
            },
        };
    }
}
