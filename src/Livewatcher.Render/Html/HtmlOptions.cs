// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>What <see cref="HtmlRenderer"/> puts on the page beside the events.</summary>
public sealed record HtmlOptions
{
    /// <summary>What the recording is called.</summary>
    public string Name { get; init; } = "recording";

    /// <summary>About the machine and the command, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>Where source lines come from; null shows none.</summary>
    public ISourceText? Source { get; init; }

    /// <summary>So many hits, the newest, are on the page one by one. Older ones are in sums by time and writer.</summary>
    public int SingleHits { get; init; } = 1 << 20;

    /// <summary>So many writers, most suspicious first, have a row.</summary>
    public int Writers { get; init; } = 2000;

    /// <summary>So many sums stand for the older hits, at most. More than that, and each covers twice the time.</summary>
    public int Sums { get; init; } = 20_000;
}
