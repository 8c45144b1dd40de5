// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;

namespace Livewatcher.Symbols.Expressions.Code;

/// <summary>Whether code is where the user has said.</summary>
internal static class WriterPlaces
{
    internal static bool Matches(WriterRule rule, Frame frame) => rule switch
    {
        WriterRule.Range range => frame.Address >= range.Start && frame.Address < range.End,
        WriterRule.Line line => frame.Line == line.Number && frame.File is { } file && SourcePath.Matches(file, line.File),
        WriterRule.Named named => frame.Module == named.Name || (frame.Function is { } function && IsFunction(function, named.Name)),
        _ => false,
    };

    /// <summary>A function may be named without its outer scopes; without parameters each of its overloads is meant.</summary>
    private static bool IsFunction(string function, string wanted)
    {
        if (function == wanted)
        {
            return true;
        }

        (string name, string parameters) = CxxName.SplitFunction(function);
        (string wantedName, string wantedParameters) = CxxName.SplitFunction(wanted);
        return CxxName.EndsWithPath(CxxName.Normalise(name), CxxName.Normalise(wantedName))
            && (wantedParameters.Length == 0 || CxxName.Normalise(parameters) == CxxName.Normalise(wantedParameters));
    }
}
