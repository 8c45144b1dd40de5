// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Render;

namespace Livewatcher.Export.Messages;

/// <summary>Gathers fields; what is not known is left out, and every text is printable and bounded.</summary>
internal sealed class FieldList
{
    /// <summary>Characters; a C++ function's name may have ten thousands.</summary>
    internal const int LongestText = 1024;
    internal const int LongestStack = 8192;

    private readonly List<Field> fields = [];

    internal IReadOnlyList<Field> All => fields;

    internal FieldList Add(string name, string? text, int longest = LongestText)
    {
        if (text is not null)
            fields.Add(new Field(name, Clean(text, longest)));
        return this;
    }

    internal FieldList Add(string name, long? number)
    {
        if (number is { } known)
            fields.Add(new Field(name, null, known));
        return this;
    }

    /// <summary>Printable, and cut where it is too long.</summary>
    internal static string Clean(string text, int longest = LongestText)
    {
        string clean = Printable.Of(text.Length > longest ? text[..longest] : text);
        return clean.Length > longest || text.Length > longest ? $"{clean[..Math.Min(clean.Length, CutAt(clean, longest - 1))]}…" : clean;
    }

    /// <summary>Not between the halves of a surrogate pair.</summary>
    private static int CutAt(string text, int at) => at < text.Length && at > 0 && char.IsHighSurrogate(text[at - 1]) ? at - 1 : at;
}
