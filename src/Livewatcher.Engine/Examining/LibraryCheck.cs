// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>The shared libraries that are not part of the binary.</summary>
internal static class LibraryCheck
{
    private const string Name = "libraries";
    private const string Title = "libraries";

    /// <summary>Without libbpf backend perf is left; without the others nothing can be named.</summary>
    internal static bool IsFatal(Observations seen) => seen.Libraries.Any(library => library.Error is not null && !IsBpf(library));

    internal static Check Of(Observations seen, Remedies remedies)
    {
        List<LibraryTrial> missing = [.. seen.Libraries.Where(library => library.Error is not null)];
        if (missing.Count == 0)
            return Conclusion.Works(Name, Title, $"{Conclusion.List([.. seen.Libraries.Select(library => library.File)])} load.");
        string finding = string.Join(' ', missing.Select(library => $"{library.File}: {library.Error}; {Consequence(library)}."));
        string[] commands = [remedies.Install(string.Join(' ', missing.Select(library => library.Package)))];
        return IsFatal(seen) ? Conclusion.Fails(Name, Title, finding, commands) : Conclusion.Degraded(Name, Title, finding, commands);
    }

    private static string Consequence(LibraryTrial library) =>
        IsBpf(library) ? "there is no backend bpf without it" : "neither variables nor stacks can be found without it";

    private static bool IsBpf(LibraryTrial library) => library.File.StartsWith("libbpf", StringComparison.Ordinal);
}
