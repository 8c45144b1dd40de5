// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Company;

/// <summary>"doctor" finds out by trying, and says it to people and to programs.</summary>
public sealed class DoctorTests : LiveTest
{
    [Fact]
    public async Task RootCanWatchHere()
    {
        var child = StartLivewatcher("doctor");
        (await child.ExitAsync(Limit)).Should().BeOneOf([0, 1], child.Describe("this machine can watch"));
        child.Output.Should().ContainEquivalentOf("bpf").And.ContainEquivalentOf("ptrace").And.NotContain("\e");
    }

    [Fact]
    public async Task TheSameAsJson()
    {
        var child = StartLivewatcher("doctor", "--format", "json");
        (await child.ExitAsync(Limit)).Should().BeOneOf([0, 1], child.Describe("this machine can watch"));
        foreach (var line in child.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            document.RootElement.ValueKind.Should().Be(JsonValueKind.Object);
        }
    }
}
