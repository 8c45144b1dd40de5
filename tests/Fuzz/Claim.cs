// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Fuzz;

/// <summary>Something that holds for every input did not hold for this one.</summary>
internal sealed class BrokenClaimException(string claim) : Exception(claim);

internal static class Claim
{
    internal static void Holds(bool condition, string claim)
    {
        if (!condition)
            throw new BrokenClaimException(claim);
    }

    /// <summary>What comes out of files nobody vetted goes to a terminal.</summary>
    internal static void IsPrintable(string? text, string what) =>
        Holds(text is null || !text.Any(char.IsControl), $"{what} has control characters");
}
