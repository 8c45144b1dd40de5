// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Serving;

/// <summary>The listener as a service: what the unit says is done here by hand, for a test's machine runs no systemd.</summary>
public sealed class ActivationTests : ServingTest
{
    [Fact]
    public async Task ItServesTheSocketThatTheServiceManagerHasOpened()
    {
        var unit = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "packaging", "systemd", "livewatcher.service.in"), TestContext.Current.CancellationToken);
        var line = unit.Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..];
        var command = line.Replace("@PREFIX@/bin/livewatcher", Repository.Livewatcher).Replace("/var/log/livewatcher", Path.Combine(Folder, "log")).Split(' ');
        var service = Start(await Toolchain.BuildAsync(new Recipe("activate.c")), [Socket, .. command, .. Emulation.Options([])], input: []);
        await Patience.UntilAsync(() => service.HasExited || service.Output.Contains("listens at the socket it was given", StringComparison.Ordinal), Limit, () => service.Describe("it does not listen"));

        await ServeAsync(Serve, "cycles", "2", "2", "3");
        await service.SignalAsync("TERM");
        (await service.ExitAsync(Limit)).Should().Be(0);
        service.Output.Should().Contain("#12").And.NotContain("#13").And.Contain("coverage: complete");
        File.Exists(Socket).Should().BeTrue("it is the service manager's");
        Directory.GetFiles(Path.Combine(Folder, "log")).Should().ContainSingle();
    }
}
