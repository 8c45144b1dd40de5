// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Running;

namespace Livewatcher.Soak.Scenes;

/// <summary>What all rounds share.</summary>
/// <param name="Livewatcher">The binary under test.</param>
/// <param name="Programs">The folder of the soaked programs and the tools.</param>
internal sealed record Arena(string Livewatcher, string Programs)
{
    private const string Prefix = "soaked.";

    public IReadOnlyList<string> Variants { get; } =
        [.. Directory.EnumerateFiles(Programs, Prefix + "*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Some virtual machines turn hits into SIGTRAPs that kill whoever is not guarded (docs/architecture.md); the emulated one does not.</summary>
    public bool LosesHits { get; } = !Emulation.IsOn && File.ReadAllText("/proc/cpuinfo").Contains(" hypervisor", StringComparison.Ordinal);

    public string ProgramPath(string name) => Path.Combine(Programs, name);
}
