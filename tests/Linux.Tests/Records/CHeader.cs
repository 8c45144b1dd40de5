// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;

namespace Livewatcher.Linux.Tests.Records;

/// <summary>Reads the names of a structure's fields from a C header of this project: one declarator a line.</summary>
internal static partial class CHeader
{
    public static string[] FieldsOf(string header, string structure)
    {
        string code = Comment().Replace(header, string.Empty);
        Match body = Regex.Match(code, $$"""struct {{structure}} \{(?<body>[^}]*)\};""", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        string[] fields = [.. Field().Matches(body.Groups["body"].Value).Select(match => match.Groups["name"].Value)];
        return fields.Length > 0 ? fields : throw new InvalidOperationException($"no struct {structure}");
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<name>\w+)(\[\w+\])?;", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();
}
