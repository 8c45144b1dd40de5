// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Servers;

/// <summary>Build-ids as they stand in addresses and names of files: they may come from a file that nobody vetted.</summary>
internal static class BuildIdText
{
    private const int Longest = 128;

    internal static bool IsProper(string buildId) =>
        buildId.Length is >= 8 and <= Longest && buildId.Length % 2 == 0 && buildId.All(char.IsAsciiHexDigitLower);
}
