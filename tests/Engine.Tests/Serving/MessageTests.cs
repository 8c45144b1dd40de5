// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>A program's own words come in their place among its hits.</summary>
public sealed class MessageTests
{
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task WordsMarksAndBacktracesStandWhereTheyWereSaid()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0);
        run.Store(X, 1);
        await run.SayAsync(MessageKind.Info, "one");
        run.Store(X, 2);
        run.Store(X, 3);
        await run.SayAsync(MessageKind.Mark, "two");
        await run.SayAsync(MessageKind.Backtrace, "three", default(UserRegisters) with { Rip = 0x403000, Rsp = X });
        run.Store(X, 4);
        await run.StopAsync();
        run.Sink.Events.Select(told => told switch
        {
            Hit hit => hit.New!.Text,
            MessageEvent message => $"{message.Kind} {message.Text} {message.Stack?.Frames[0].Function}".TrimEnd(),
            _ => null,
        }).Where(told => told is not null).Should().Equal("1", "Info one", "2", "3", "Mark two", "Backtrace three f_403000", "4");
        run.Sink.Events.OfType<MessageEvent>().Select(message => message.Time).Should().BeInAscendingOrder();
    }

    [Theory]
    [InlineData(100, 100, "main")]
    [InlineData(101, 101, "main")]
    [InlineData(102, null, null)]
    [InlineData(0, null, null)]
    [InlineData(-1, null, null)]
    public async Task AThreadIsBelievedToBeItselfWhereItIsOneOfTheProcess(int claimed, int? thread, string? name)
    {
        await using ServeRun run = new();
        run.Machine.Add(ServeRun.Pid, threads: 2);
        await ServeRun.JoinedAsync(run);
        await run.SayAsync(MessageKind.Info, "hello", thread: claimed);
        await run.StopAsync();
        MessageEvent message = run.Sink.Events.OfType<MessageEvent>().Should().ContainSingle().Subject;
        (message.Process.Value, message.Thread?.Value, message.ThreadName).Should().Be((100, thread, name));
    }

    [Fact]
    public async Task TheLibrarysOwnFramesAreLeftOut()
    {
        await using ServeRun run = new();
        run.Machine.Frames = _ =>
            [Frames.Of("request", "liblivewatcher.so.1"), Frames.Of("lw_backtrace", "liblivewatcher.so.1"), Frames.Of("caller"), Frames.Of("main")];
        await ServeRun.JoinedAsync(run);
        await run.SayAsync(MessageKind.Backtrace, "", default(UserRegisters));
        await run.StopAsync();
        Functions(run).Should().Equal("caller", "main");
    }

    [Theory]
    [InlineData("set_watcher")]
    [InlineData("lw_watch")]
    [InlineData("lw_backtrace")]
    [InlineData("lw_dump_dr")]
    public async Task AlsoWhereItIsLinkedStatically(string function)
    {
        await using ServeRun run = new();
        run.Machine.Frames = _ => [Frames.Of("request"), Frames.Of(function), Frames.Of("caller"), Frames.Of("main")];
        await ServeRun.JoinedAsync(run);
        await run.SayAsync(MessageKind.Backtrace, "", default(UserRegisters));
        await run.StopAsync();
        Functions(run).Should().Equal("caller", "main");
    }

    [Fact]
    public async Task AFunctionOfThatNameFarOutIsTheProgramsOwn()
    {
        await using ServeRun run = new();
        run.Machine.Frames = _ => [.. Enumerable.Range(0, 8).Select(i => Frames.Of($"f{i}")), Frames.Of("lw_watch"), Frames.Of("main")];
        await ServeRun.JoinedAsync(run);
        await run.SayAsync(MessageKind.Backtrace, "", default(UserRegisters));
        await run.StopAsync();
        Functions(run).Should().HaveCount(10);
    }

    [Fact]
    public async Task DebugRegistersAreThoseThatAreArmed()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, 4);
        await run.SetAsync(1, X + 8, 8, AccessMode.Access);
        await run.ResetAsync(0);
        await run.AskAsync(new ClientRequest.DumpRegisters(new ProcessId(ServeRun.Pid), ServeRun.Pid, default(UserRegisters) with { Rip = 0x404000 }));
        await run.StopAsync();
        RegistersEvent told = run.Sink.Events.OfType<RegistersEvent>().Should().ContainSingle().Subject;
        told.Registers.Should().Equal(0, X + 8, 0, 0, 0xb00608);
        (told.Source, told.Thread, told.Process.Value).Should().Be(("engine", null, 100));
        told.Stack!.Frames[0].Function.Should().Be("f_404000");
    }

    [Fact]
    public async Task WhereTheyAreReadFromTheThreadsEachHasItsOwn()
    {
        await using ServeRun run = new() { ReadRegisters = id => [(new ThreadId(id.Value), [1, 2, 3, 4, 5]), (new ThreadId(id.Value + 1), [0, 0, 0, 0, 0x400])] };
        await ServeRun.JoinedAsync(run);
        IReadOnlyList<RegistersEvent> read = await run.Session.RegistersAsync();
        read.Select(one => $"{one.Source} {one.Thread} {string.Join(' ', one.Registers)}").Should().Equal("ptrace 100 1 2 3 4 5", "ptrace 101 0 0 0 0 1024");
        read.Should().AllSatisfy(one => one.Stack.Should().BeNull());
    }

    private static IEnumerable<string?> Functions(ServeRun run) =>
        run.Sink.Events.OfType<MessageEvent>().Should().ContainSingle().Subject.Stack!.Frames.Select(frame => frame.Function);
}
