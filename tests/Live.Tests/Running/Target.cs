// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;

namespace Livewatcher.Live.Tests.Running;

/// <summary>A program that runs by itself, to be attached to.</summary>
internal sealed class Target(Child process, string gate)
{
    public int Id => process.Id;

    public Child Process => process;

    /// <summary>What it has said so far.</summary>
    public Facts Facts => new(process.Output);

    public bool IsAlive => !process.HasExited;

    /// <summary>Until it stands at its gate.</summary>
    public async Task ReadyAsync() => await Patience.UntilAsync(
        () => process.Output.Contains("ready\n", StringComparison.Ordinal),
        TimeSpan.FromSeconds(20 * Emulation.Slowness),
        () => process.Describe("it did not say \"ready\""));

    /// <summary>Lets it go on from its gate.</summary>
    public void Open() => File.WriteAllText(gate, "");

    /// <summary>Lets it go on from its second gate, where it has one.</summary>
    public void OpenSecond() => File.WriteAllText(gate + ".2", "");

    /// <summary>Its last words; its exit status must be 0.</summary>
    public async Task<Facts> EndAsync(TimeSpan limit)
    {
        var status = await process.ExitAsync(limit);
        status.Should().Be(0, process.Describe("the watched program must come to no harm"));
        return Facts;
    }
}
