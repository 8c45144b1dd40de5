// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>Names that come with a library.</summary>
public sealed class LibraryTests
{
    private const ulong X = FakeMemory.Base;
    private const ulong Loader = 0x7f0000;

    [Fact]
    public async Task APendingNameIsArmedAsSoonAsItsLibraryIsMapped()
    {
        WatchRun run = Create("x", "lib_y");
        run.Machine.At(10, () => Map(run, () => run.Machine.Define("lib_y", X + 64, 4)));
        run.Machine.At(30, () => run.Machine.Store(new StoreAct { Address = X + 64, Value = 5 }));
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Armed.Select(armed => armed.Watch.Label).Should().Equal("x", "lib_y");
        run.Sink.Hits.Should().ContainSingle().Which.Watch.Label.Should().Be("lib_y");
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Machine.Tracer.Calls.Should().ContainInOrder(
            $"watch loader 100 at 0x{Loader:x}", "release 100", "unwatch loader 100", "release 100");
    }

    [Fact]
    public async Task ANameThatWaitsIsToldOnceTheProgramsOwnLibrariesAreThere()
    {
        WatchRun run = Create("x", "lib_y");
        run.Machine.At(10, () => Map(run, () => { }));
        run.Machine.At(20, () => Map(run, () => { }));
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Notes.Should().ContainSingle(note => note.StartsWith("'lib_y' waits for a library"));
    }

    [Fact]
    public async Task AProgramWithAFreeRegisterStopsAtItsEntryWhereItsLibrariesAreMapped()
    {
        WatchRun run = Create("x");
        run.Machine.Main.Auxiliary[9] = 0x401000;
        run.Machine.At(10, () => run.Machine.Tracer.Tell(new TracerEvent.LibrariesChanged(new ProcessId(FakeMachine.Root), new ThreadId(FakeMachine.Root))));
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Machine.Tracer.Calls.Should().ContainInOrder(
            "watch loader 100 at 0x401000", "release 100", "unwatch loader 100", "release 100");
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task AProgramWithoutAFreeRegisterDoesNotStopAtItsEntry()
    {
        WatchRun run = Create("x");
        run.Machine.Define("x", X, 32);
        run.Machine.Main.Auxiliary[9] = 0x401000;
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Machine.Tracer.Calls.Should().NotContain(call => call.StartsWith("watch loader"));
    }

    [Fact]
    public async Task ArmingComesBeforeTheLibrarysFirstInstruction()
    {
        WatchRun run = Create("lib_y");
        run.Machine.At(10, () =>
        {
            Map(
                run, () => run.Machine.Define("lib_y", X + 64, 4),
                released: () => run.Machine.Store(new StoreAct { Address = X + 64, Value = 5 }));
        });
        run.Machine.At(40, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle();
    }

    [Fact]
    public async Task WaitingForALibraryTakesARegister()
    {
        WatchRun run = Create("x", "lib_y");
        run.Machine.Define("x", X, 32);
        Func<Task> running = run.RunAsync;
        (await running.Should().ThrowAsync<UserException>()).Which.Message.Should().StartWith("too few debug registers");
        run.Machine.Tracer.Calls.Should().EndWith(["abandon 100", "detach"]);
    }

    [Fact]
    public async Task OnceEverythingIsArmedTheRegisterIsFreeAgain()
    {
        WatchRun run = Create("x", "lib_y");
        run.Machine.Define("x", X, 8);
        run.Machine.At(10, () => Map(run, () => run.Machine.Define("lib_y", X + 64, 24)));
        run.Machine.At(30, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Armed.Should().HaveCount(2);
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task ANameThatNeverCameIsAGap()
    {
        WatchRun run = Create("x", "lib_y");
        run.Machine.At(10, () => Map(run, () => { }));
        run.Machine.At(30, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Coverage.Gaps.Should().ContainSingle().Which.Should().StartWith("'lib_y' was never armed");
    }

    [Fact]
    public async Task NothingArmedAtAllIsAGapOfItsOwn()
    {
        WatchRun run = Create("lib_y");
        run.Machine.At(30, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Coverage.From.Should().BeNull();
        run.Sink.Coverage.Gaps.Should().HaveCount(2).And.Contain("nothing was armed");
    }

    [Fact]
    public async Task OneThatIsImpossibleDoesNotTakeTheOthersWithIt()
    {
        WatchRun run = Create("lib_f", "lib_y", "lib_z");
        run.Machine.At(10, () => Map(run, () =>
        {
            run.Machine.DefineImpossible("lib_f", "lib_f is a function");
            run.Machine.Define("lib_y", X + 64, 4);
        }));
        run.Machine.At(20, () => Map(run, () => run.Machine.Define("lib_z", X + 72, 4)));
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Armed.Select(armed => armed.Watch.Label).Should().Equal("lib_y", "lib_z");
        run.Sink.Notes.Should().Equal(
            "cannot watch 'lib_f': lib_f is a function", "'lib_z' waits for a library that has it: no variable lib_z");
        run.Sink.Coverage.Gaps.Should().Equal("cannot watch 'lib_f': lib_f is a function");
    }

    [Fact]
    public async Task ALibraryWithoutARegisterLeftIsAGapAndTheProgramGoesOn()
    {
        WatchRun run = Create("x", "lib_y");
        run.Machine.At(10, () =>
        {
            run.Machine.Arming.Refusal = new ArmingException(28, "ENOSPC", new ThreadId(100), 1);
            Map(run, () => run.Machine.Define("lib_y", X + 64, 4));
        });
        run.Machine.At(20, () => run.Machine.Store(new StoreAct { Address = X, Value = 5 }));
        run.Machine.At(40, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle();
        run.Sink.Coverage.Gaps.Should().ContainSingle().Which.Should().StartWith("no debug register is free for lib_y");
        run.Machine.Tracer.Calls.Count(call => call == "release 100").Should().BeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task ANameThatNoLibraryCanBringIsAMistakeBeforeAnythingHasRun()
    {
        WatchRun run = Create("x", "mistaken");
        run.Machine.LibrariesMayCome = false;
        run.Machine.At(10, () => Map(run, () => { }));
        Func<Task> running = run.RunAsync;
        (await running.Should().ThrowAsync<UserException>()).WithMessage("cannot watch 'mistaken': no variable mistaken");
        run.Machine.Tracer.Calls.Should().EndWith("abandon 100");
    }

    [Fact]
    public async Task ANameThatHasComeIsNoMistake()
    {
        WatchRun run = Create("x", "lib_y");
        run.Machine.LibrariesMayCome = false;
        run.Machine.At(10, () => Map(run, () => run.Machine.Define("lib_y", X + 64, 4)));
        run.Machine.At(30, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Armed.Should().HaveCount(2);
    }

    [Fact]
    public async Task AProgramWithoutALoaderCannotWait()
    {
        WatchRun run = new() { Started = true };
        run.Watch("lib_y");
        Func<Task> running = run.RunAsync;
        (await running.Should().ThrowAsync<UserException>()).Which.Message.Should().Contain("no dynamic loader to wait for");
        run.Machine.Tracer.Calls.Should().Equal("abandon 100", "detach");
    }

    [Fact]
    public async Task WithoutAGuardTheTracerStaysUntilTheLibraryIsThere()
    {
        WatchRun run = Create(guardOn: false, "lib_y");
        run.Machine.At(10, () => Map(run, () => run.Machine.Define("lib_y", X + 64, 4)));
        run.Machine.At(30, () => run.Machine.Exit(FakeMachine.Root, 0, traced: false));
        await run.RunAsync();
        run.Machine.Tracer.Calls.Should().Equal(
            $"watch loader 100 at 0x{Loader:x}", "release 100", "unwatch loader 100", "release 100", "detach");
    }

    private static WatchRun Create(params string[] watches) => Create(guardOn: true, watches);

    private static WatchRun Create(bool guardOn, params string[] watches)
    {
        WatchRun run = new() { Started = true, GuardOn = guardOn };
        run.Machine.Define("_dl_debug_state", Loader, 1, AccessMode.Execute);
        run.Machine.Define("x", X, 4);
        foreach (string watch in watches)
            run.Watch(watch);
        return run;
    }

    /// <summary>The program maps a library and stands in its loader until it is let go, whatever time passes meanwhile.</summary>
    private static void Map(WatchRun run, Action define, Action? released = null)
    {
        define();
        run.Machine.LibrariesCame = true;
        run.Machine.Stands = true;
        if (released is not null)
            run.Machine.Tracer.OnRelease[FakeMachine.Root] = released;
        run.Machine.Tracer.Tell(new TracerEvent.LibrariesChanged(run.Machine.Main.Id, new ThreadId(FakeMachine.Root)));
    }
}
