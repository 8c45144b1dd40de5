// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>A program joins, sets a watch, and resets it.</summary>
public sealed class OneWatchTests
{
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task HitsOfAWatchAreReportedUntilItIsReset()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        run.Store(X, 1);
        (await run.SetAsync(0, label: "x")).Should().Be(0);
        run.Store(X, 2);
        run.Store(X, 3);
        (await run.ResetAsync(0)).Error.Should().Be(0);
        run.Store(X, 4);
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Select(hit => $"{hit.Watch.Label} {hit.Old!.Text}>{hit.New!.Text} {hit.Process}").Should().Equal("x 1>2 100", "x 2>3 100");
        coverage.Complete.Should().BeTrue();
        coverage.Hits.Should().BeEquivalentTo(new { Counted = 2L, Reported = 2L });
    }

    [Fact]
    public async Task ItIsToldWhenItIsArmedWithItsValue()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        run.Store(X, 7);
        await run.SetAsync(0, label: "x");
        await run.StopAsync();
        ArmedEvent armed = run.Sink.Armed.Should().ContainSingle().Subject;
        armed.Should().BeEquivalentTo(new { Backend = "bpf", Scope = "task", Guard = true, Threads = 1, Cpus = 2 });
        (armed.Watch.Label, armed.Initial!.Text, armed.Process.Value).Should().Be(("x", "7", 100));
        armed.Slots.Should().Equal(new HardwareSlot(new Address(X), 4, AccessMode.Write));
    }

    [Fact]
    public async Task ResetClosesItsAccount()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, label: "x", changesOnly: true);
        run.Store(X, 1);
        run.Store(X, 1);
        run.Store(X, 2);
        await run.ResetAsync(0);
        await run.SettleAsync();
        run.Machine.Source.Occupied.Should().Be(0);
        run.Machine.Arming.Occupied.Should().Be(0);
        await run.StopAsync();
        DisarmedEvent disarmed = run.Sink.Events.OfType<DisarmedEvent>().Should().ContainSingle().Subject;
        (disarmed.Watch.Label, disarmed.Process.Value).Should().Be(("x", 100));
        disarmed.Account.Should().Be(new SlotAccount(Counted: 3, Recorded: 2, Filtered: 1, Dropped: 0, LastValue: 2));
        run.Sink.Events.IndexOf(disarmed).Should().BeGreaterThan(run.Sink.Events.IndexOf(run.Sink.Hits[^1]));
    }

    [Fact]
    public async Task ResetWithoutAWatchDoesNothing()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        (await run.ResetAsync(3)).Error.Should().Be(0);
        await run.StopAsync();
        run.Machine.Arming.Calls.Should().BeEmpty();
        run.Sink.Events.OfType<DisarmedEvent>().Should().BeEmpty();
    }

    [Fact]
    public async Task ASetNumberIsMoved()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, label: "x");
        run.Store(X, 1);
        (await run.SetAsync(0, X + 8, label: "y")).Should().Be(0);
        run.Store(X, 2);
        run.Store(X + 8, 3);
        StatusEvent status = await run.Session.StatusAsync();
        await run.StopAsync();
        run.Sink.Hits.Select(hit => $"{hit.Watch.Label} {hit.New!.Text}").Should().Equal("x 1", "y 3");
        status.Processes.Should().ContainSingle().Which.Watches.Should().ContainSingle().Which.Watch.Label.Should().Be("y");
    }

    [Theory]
    [InlineData("mine", "theirs", "mine")]
    [InlineData("", "theirs", "theirs")]
    [InlineData("", null, "0x10000")]
    public async Task ItsLabelIsItsOwnOrTheVariablesOrTheAddress(string label, string? variable, string expected)
    {
        await using ServeRun run = new();
        if (variable is not null)
        {
            run.Machine.Names[X] = variable;
            run.Machine.Define(variable, X, 4);
        }

        await ServeRun.JoinedAsync(run);
        await run.SetAsync(0, label: label);
        await run.StopAsync();
        run.Sink.Armed.Should().ContainSingle().Which.Watch.Label.Should().Be(expected);
    }

    [Fact]
    public async Task AVariableOfAnotherLengthAtTheAddressIsNotTheWatchedObject()
    {
        await using ServeRun run = new();
        run.Machine.Names[X] = "array";
        run.Machine.Define("array", X, 64);
        await ServeRun.JoinedAsync(run);
        await run.SetAsync(0, length: 2);
        await run.StopAsync();
        Watch watch = run.Sink.Armed.Should().ContainSingle().Subject.Watch;
        (watch.Label, watch.Length).Should().Be(("array", 2));
    }

    [Fact]
    public async Task ALabelThatIsAStoryIsCut()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, label: new string('x', 512));
        await run.StopAsync();
        run.Sink.Armed.Should().ContainSingle().Which.Watch.Label.Should().HaveLength(200);
    }

    [Fact]
    public async Task AnExecutedInstructionIsReported()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        (await run.SetAsync(0, X + 0x100, 1, AccessMode.Execute, label: "f")).Should().Be(0);
        run.Machine.Execute(new StoreAct { Rip = X + 0x100 });
        CoverageEvent coverage = await run.StopAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        (hit.Watch.Label, hit.Old, hit.New, hit.Changed).Should().Be(("f", null, null, null));
        coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task TheClosingTableNamesItsWriters()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, label: "x");
        run.Machine.Store(new StoreAct { Address = X, Value = 1, Rip = 0x401500 });
        run.Machine.Store(new StoreAct { Address = X, Value = 2, Rip = 0x401500 });
        await run.ResetAsync(0);
        await run.StopAsync();
        WriterRow row = run.Sink.Writers.Should().ContainSingle().Subject;
        (row.Watch.Label, row.Count, row.Changes, row.Stack.Frames[0].Function).Should().Be(("x", 2, 2, "f_401500"));
    }
}
