// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Bench.Reporting;

/// <summary>A section of docs/benchmarks.md.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Write">Holds its contests, and writes what is below the heading.</param>
public sealed record Section(string Title, Action<Markdown> Write);

/// <summary>Sections that are measured at the same place.</summary>
public interface IPart
{
    IReadOnlyList<Section> Sections { get; }
}
