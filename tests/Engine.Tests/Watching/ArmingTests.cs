// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

public sealed class ArmingTests
{
    private const ulong X = FakeMemory.Base;

    [Fact]
    public async Task SaysWhatIsArmedWhereAndWithWhichValue()
    {
        WatchRun run = Create("x");
        run.Machine.Define("x", X + 4, 12);
        run.Machine.Main.Space.Write(X + 4, [1, 2, 3]);
        await run.RunAsync();
        ArmedEvent armed = run.Sink.Armed.Should().ContainSingle().Subject;
        armed.Slots.Should().Equal(new HardwareSlot(new Address(X + 4), 4, AccessMode.Write), new HardwareSlot(new Address(X + 8), 8, AccessMode.Write));
        armed.Initial!.Text.Should().Be("010203000000000000000000");
        armed.Threads.Should().Be(1);
        armed.Process.Value.Should().Be(FakeMachine.Root);
    }

    [Fact]
    public async Task SlotsAreSeededAndKnowTheirSiblingsBeforeTheyAreArmed()
    {
        WatchRun run = Create("x", "y");
        run.Machine.Define("x", X, 12);
        run.Machine.Define("y", X + 16, 4);
        run.Machine.Main.Space.Write(X + 8, [5]);
        await run.RunAsync();
        run.Machine.Source.Calls.Take(4).Should().Equal(
            "add 100", "set 100 0: 0x10000:8 = 0, siblings 2", "set 100 1: 0x10008:4 = 5, siblings 1", "set 100 2: 0x10010:4 = 0, siblings 0");
        run.Machine.Arming.Calls[0].Should().Be("arm 100: 0=0x10000:8, 1=0x10008:4, 2=0x10010:4");
    }

    [Fact]
    public async Task TheSameObjectTwiceTakesOneRegister()
    {
        WatchRun run = Create("x", "alias");
        run.Machine.Define("x", X, 4);
        run.Machine.Define("alias", X, 4);
        run.Machine.At(3, () => run.Machine.Store(new StoreAct { Address = X, Value = 5 }));
        await run.RunAsync();
        run.Machine.Arming.Calls[0].Should().Be("arm 100: 0=0x10000:4");
        run.Sink.Hits.Select(hit => hit.Watch.Label).Should().Equal("x", "alias");
        run.Sink.Coverage.Hits.Recorded.Should().Be(1);
    }

    [Fact]
    public async Task WithoutAGuardTheTracerLetsGoOnceAllIsArmed()
    {
        WatchRun run = Create(started: false, guardOn: false, "x");
        run.Machine.Define("x", X, 4);
        await run.RunAsync();
        run.Machine.Tracer.Calls.Should().Equal("detach");
    }

    [Fact]
    public async Task ARefusedRegisterLeavesNothingBehind()
    {
        WatchRun run = Create("x", "y");
        run.Machine.Define("x", X, 4);
        run.Machine.Define("y", X + 8, 4);
        run.Machine.Arming.Refusal = new ArmingException(28, "ENOSPC", new ThreadId(100), 1);
        (await Refused(run)).Should().Be(
            "no debug register is free for x (4 bytes at 0x10000), y (4 bytes at 0x10008): ENOSPC; gdb (pid 7) holds some");
        run.Machine.Source.Calls.Should().Contain(["clear 100 0", "clear 100 1"]);
        run.Machine.Arming.Occupied.Should().Be(0);
        run.Machine.Tracer.Calls.Should().Equal("detach");
        run.Sink.Events.Should().BeEmpty();
    }

    [Theory]
    [InlineData(3, "process 100 ended while it was being armed: ESRCH")]
    [InlineData(22, "the kernel refuses x (4 bytes at 0x10000): EINVAL; is the address in the program's own memory and aligned?")]
    [InlineData(24, "too many open files while arming 100: EMFILE; raise the limit (ulimit -n) or use --scope cpu")]
    [InlineData(1, "cannot arm x (4 bytes at 0x10000): arming thread 100, slot 0: E1")]
    public async Task ARefusalSaysWhatToDo(int errno, string message)
    {
        WatchRun run = Create("x");
        run.Machine.Define("x", X, 4);
        run.Machine.Arming.Refusal = new ArmingException(errno, $"E{errno}", new ThreadId(100), 0);
        (await Refused(run)).Should().Be(message);
    }

    [Fact]
    public async Task AStartedTargetThatCannotBeWatchedIsAbandoned()
    {
        WatchRun run = Create(started: true, guardOn: true, "x");
        run.Machine.DefineImpossible("x", "x is a function");
        (await Refused(run)).Should().Be("cannot watch 'x': x is a function");
        run.Machine.Tracer.Calls.Should().Equal("abandon 100", "detach");
    }

    [Fact]
    public async Task ARunningProgramDoesNotWaitForNames()
    {
        WatchRun run = Create("x", "nowhere");
        run.Machine.Define("x", X, 4);
        (await Refused(run)).Should().Be("cannot watch 'nowhere': no variable nowhere");
        run.Machine.Arming.Calls.Should().BeEmpty("what is asked for together is armed together or not at all");
        run.Machine.Tracer.Calls.Should().Equal("detach");
    }

    [Fact]
    public async Task TooManyPiecesSayWhoNeedsHowMany()
    {
        WatchRun run = Create("x", "y");
        run.Machine.Define("x", X, 12);
        run.Machine.Define("y", X + 17, 22);
        (await Refused(run)).Should().Be(
            "too few debug registers: the processor has 4; x needs 2 (8+4 bytes), y has 22 bytes; watch fewer or smaller objects");
    }

    [Fact]
    public async Task AHugeArrayIsRefusedAtOnce()
    {
        WatchRun run = Create("x");
        run.Machine.Define("x", X, int.MaxValue);
        (await Refused(run)).Should().Be("too few debug registers: the processor has 4; x has 2,147,483,647 bytes; watch fewer or smaller objects");
    }

    [Fact]
    public async Task UnmappedMemoryIsRefused()
    {
        WatchRun run = Create("x");
        run.Machine.Define("x", 0x10, 4);
        (await Refused(run)).Should().Be("cannot watch 'x': 0x10 is not mapped in process 100");
        run.Machine.Arming.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task AFullSourceIsRefused()
    {
        WatchRun run = Create("x");
        run.Machine.Source.Room = 0;
        (await Refused(run)).Should().StartWith("cannot watch process 100: too many processes");
    }

    [Fact]
    public async Task WhatSymbolsWarnOfIsPassedOn()
    {
        WatchRun run = Create("x");
        run.Machine.Define("x", X, 4);
        run.Machine.Warn("libc.so.6: corrupt DWARF");
        await run.RunAsync();
        run.Sink.Notes.Should().Equal("libc.so.6: corrupt DWARF");
    }

    [Fact]
    public async Task SymbolsAreGivenBack()
    {
        WatchRun run = Create("x");
        run.Machine.Define("x", X, 4);
        await run.RunAsync();
        run.Machine.Opened.Should().ContainSingle().Which.Disposed.Should().BeTrue();
    }

    private static WatchRun Create(params string[] watches) => Create(started: false, guardOn: true, watches);

    private static WatchRun Create(bool started, bool guardOn, params string[] watches)
    {
        WatchRun run = new()
        {
            Started = started,
            GuardOn = guardOn,
            For = TimeSpan.FromMilliseconds(20),
            SlotHolders = "gdb (pid 7) holds some",
        };
        foreach (string watch in watches)
            run.Watch(watch);
        return run;
    }

    private static async Task<string> Refused(WatchRun run)
    {
        Func<Task> running = run.RunAsync;
        return (await running.Should().ThrowAsync<UserException>()).Which.Message;
    }
}
