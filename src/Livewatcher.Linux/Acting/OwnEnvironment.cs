// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections;

namespace Livewatcher.Linux.Acting;

/// <summary>livewatcher's own environment, for whom it starts or becomes.</summary>
public static class OwnEnvironment
{
    /// <summary>NAME=value, as environ(7) has them.</summary>
    public static IReadOnlyList<string> Entries =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")];
}
