// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Tests.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Rotating;

/// <summary>More watches than debug registers.</summary>
public sealed class RotationTests
{
    private const int Turn = 100;
    private const int End = 2000;
    private const string NotWatched = "* was watched * of the time: * s, in * (--rotate)*";

    [Theory]
    [InlineData(true, "task")]
    [InlineData(true, "cpu")]
    [InlineData(false, "task")]
    public async Task EachHasItsShareAndEveryHitOfItsTurnsIsReported(bool values, string scope)
    {
        WatchRun run = Create(8);
        run.Machine.Source.TracksValues = values;
        run.Machine.Arming.Scope = scope;
        WriteAll(run, 8);
        await run.RunAsync();
        CoverageEvent coverage = run.Sink.Coverage;
        coverage.Turns.Select(turn => turn.Watch).Should().Equal(Enumerable.Range(0, 8).Select(i => $"x{i}"));
        coverage.Turns.Sum(turn => turn.Share).Should().BeInRange(3.0, 4.0, "four registers, and some time for changes");
        coverage.Turns.Should().OnlyContain(turn => turn.Share > 0.3 && turn.Share < 0.6 && turn.Turns >= 8 && turn.Counted > 20);
        foreach (TurnTally turn in coverage.Turns)
        {
            List<Hit> hits = [.. run.Sink.Hits.Where(hit => hit.Watch.Label == turn.Watch)];
            hits.Should().HaveCount((int)turn.Counted, "what was counted is reported");
            hits.Should().OnlyContain(hit => hit.Stack.Frames[0].Function == $"f_{Rip(turn.Watch[1] - '0'):x}");
        }

        coverage.Hits.Counted.Should().Be(run.Machine.Writes).And.Be(coverage.Turns.Sum(turn => turn.Counted));
        coverage.Hits.Reported.Should().Be(coverage.Hits.Counted);
        coverage.Complete.Should().BeFalse();
        coverage.Gaps.Should().HaveCount(8, "the kernel has counted nothing else").And.AllSatisfy(gap => gap.Should().Match(NotWatched));
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Armed.Should().HaveCount(8, "each is told once");
        run.Sink.Notes.Should().ContainMatch("x0, x1, x2, x3, x4, x5, x6, x7 take turns of 0.1 s*");
        run.Machine.Arming.Occupied.Should().Be(0);
    }

    [Fact]
    public async Task ValuesAreReadAnewAndWhatHasChangedMeanwhileIsTold()
    {
        WatchRun run = Create(5);
        // Of five, x4 has no turn before the second; x0 to x2 stay armed in it.
        run.Machine.At(40, () => run.Machine.Store(Act(4, 7)));
        run.Machine.At(150, () => run.Machine.Store(Act(4, 9)));
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        (hit.Old!.Text, hit.New!.Text).Should().Be(("7", "9"), "it is not this writer's doing that it was 0 before");
        run.Sink.Notes.Should().Contain(note => note.StartsWith("x4 changed while it was not armed: 0 -> 7 "));
        run.Sink.Coverage.Turns[4].ChangedUnarmed.Should().Be(1);
        run.Sink.Coverage.Gaps.Should().ContainMatch("x4 was watched *; when its turn came its value had changed once");
        run.Sink.Escapes.Should().BeEmpty();
    }

    [Fact]
    public async Task WhoStaysIsNotDisarmed()
    {
        WatchRun run = Create(5);
        await run.RunAsync();
        run.Machine.Arming.Calls.Where(call => call.StartsWith("disarm", StringComparison.Ordinal)).Take(2).Should().Equal("disarm 100: 3", "disarm 100: 2");
        run.Sink.Coverage.Turns.Sum(turn => turn.Share).Should().BeGreaterThan(3.8, "three stay at each change");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AWriteThatNoRegisterSeesIsAnEscapeInItsTurnOnly(bool values)
    {
        WatchRun run = Create(8);
        run.Machine.Source.TracksValues = values;
        run.Machine.At(20, () => run.Machine.Store(Act(0, 5) with { Lost = true }));
        run.Machine.At(150, () => run.Machine.Store(Act(1, 6)));
        await run.RunAsync();
        run.Sink.Escapes.Should().ContainSingle().Which.Watch.Label.Should().Be("x0");
        run.Sink.Coverage.Turns.Select(turn => turn.ChangedUnarmed).Should().Equal(0, 1, 0, 0, 0, 0, 0, 0);
    }

    [Fact]
    public async Task AHitThatIsStillOnItsWayIsOfWhoseTurnItWas()
    {
        WatchRun run = Create(8);
        run.Machine.At(95, () =>
        {
            run.Machine.Source.Held = true;
            run.Machine.Store(Act(2, 3));
        });
        run.Machine.At(400, () => run.Machine.Source.Held = false);
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Watch = new { Label = "x2" }, New = new { Text = "3" } });
        run.Sink.Coverage.Turns[2].Counted.Should().Be(1);
        run.Sink.Coverage.Turns[4].ChangedUnarmed.Should().Be(0);
        run.Sink.Coverage.Gaps.Should().HaveCount(8);
    }

    [Fact]
    public async Task OneThatTakesAllRegistersHasItsTurnToo()
    {
        WatchRun run = Create(2);
        run.Machine.Define("wide", FakeMemory.Base + 512, 32);
        run.Watch("wide");
        await run.RunAsync();
        run.Sink.Coverage.Turns.Should().OnlyContain(turn => turn.Share > 0.35 && turn.Share < 0.6);
    }

    [Fact]
    public async Task WhereAllFindRoomNobodyTakesTurns()
    {
        WatchRun run = Create(4);
        WriteAll(run, 4);
        await run.RunAsync();
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Sink.Coverage.Turns.Should().BeEmpty();
        run.Sink.Hits.Should().HaveCount(run.Machine.Writes);
    }

    [Fact]
    public async Task OneThatIsTooLargeByItselfIsRefused()
    {
        WatchRun run = Create(2);
        run.Machine.Define("huge", FakeMemory.Base + 512, 40);
        run.Watch("huge");
        Func<Task> attempt = run.RunAsync;
        (await attempt.Should().ThrowAsync<UserException>()).WithMessage("too few debug registers: *huge has 40 bytes*").Which.Message.Should().NotContain("--rotate");
    }

    [Fact]
    public async Task ARegisterThatSomebodyElseTakesCostsATurnAndNoMore()
    {
        WatchRun run = Create(8);
        run.Machine.At(50, () => run.Machine.Arming.Refusal = new ArmingException(28, "ENOSPC", new ThreadId(100), 2));
        WriteAll(run, 8);
        await run.RunAsync();
        run.Sink.Coverage.Turns.Should().OnlyContain(turn => turn.Share > 0.3, "one by one they were armed all the same");
        run.Sink.Coverage.Hits.Reported.Should().Be(run.Machine.Writes);
    }

    [Fact]
    public async Task MemoryThatIsGoneIsToldAndTheOthersGoOn()
    {
        WatchRun run = Create(4);
        run.Machine.Define("gone", FakeMemory.Base + 4088, 8);
        run.Watch("gone");
        run.Machine.At(50, () => run.Machine.Main.Space.Limit = 4088);
        await run.RunAsync();
        run.Sink.Coverage.Gaps.Should().ContainMatch("a turn did not come (--rotate): * is not mapped in process 100");
        run.Sink.Coverage.Turns.Single(turn => turn.Watch == "gone").Turns.Should().Be(0);
        run.Sink.Coverage.Turns.Where(turn => turn.Watch != "gone").Should().OnlyContain(turn => turn.Share > 0.5);
    }

    /// <summary>The session hears of it later than the turns see it.</summary>
    [Fact]
    public async Task MemoryOfAProgramThatIsGoneIsNoGap()
    {
        WatchRun run = Create(4);
        run.Machine.Main.Auxiliary[AuxiliaryVector.Entry] = 0x401000;
        run.Machine.Define("gone", FakeMemory.Base + 4088, 8);
        run.Watch("gone");
        run.Machine.At(50, () =>
        {
            run.Machine.Main.Space.Limit = 4088;
            run.Machine.Main.Auxiliary[AuxiliaryVector.Entry] = 0x1234;
        });
        await run.RunAsync();
        run.Sink.Coverage.Gaps.Should().NotContainMatch("a turn did not come*");
    }

    [Fact]
    public async Task AGuardThatIsGoneEndsTheTurns()
    {
        WatchRun run = Create(8);
        run.Machine.Arming.DisarmFailure = new UserException("the guard process has ended; the target runs on, unarmed");
        await run.RunAsync();
        run.Sink.Coverage.Gaps.Should().Contain("the guard process has ended; the target runs on, unarmed");
        run.Sink.Coverage.Turns.Should().OnlyContain(turn => turn.Share < 0.1);
    }

    [Fact]
    public async Task AfterAnExecTheyTakeTurnsInTheNewProgram()
    {
        WatchRun run = Create(8, followExec: true);
        for (int i = 0; i < 8; i++)
            run.Machine.Define($"x{i}", Address(i), 8, program: "second");
        run.Machine.At(950, () => run.Machine.Exec(FakeMachine.Root, "second", traced: true));
        WriteAll(run, 8);
        await run.RunAsync();
        run.Sink.Coverage.Turns.Should().HaveCount(8).And.OnlyContain(turn => turn.Share > 0.3 && turn.Share < 0.6);
        run.Sink.Coverage.Hits.Reported.Should().Be(run.Machine.Writes);
        run.Machine.Arming.Occupied.Should().Be(0);
    }

    [Fact]
    public async Task AnEndInTheMidstOfAChangeClosesTheAccount()
    {
        WatchRun run = Create(8);
        WriteAll(run, 8);
        // Disarming begins at 100 ms, and the next are armed when all is published.
        run.Machine.At(103, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Coverage.Hits.Reported.Should().Be(run.Machine.Writes);
        run.Sink.Coverage.Turns.Sum(turn => turn.Counted).Should().Be(run.Machine.Writes);
        run.Machine.Arming.Occupied.Should().Be(0);
    }

    private static ulong Address(int number) => FakeMemory.Base + (8 * (ulong)number);

    private static ulong Rip(int number) => 0x401000 + (ulong)(16 * number);

    private static WatchRun Create(int watches, bool followExec = false)
    {
        WatchRun run = new() { Turn = TimeSpan.FromMilliseconds(Turn), For = TimeSpan.FromMilliseconds(End), FollowExec = followExec };
        run.Machine.Source.Pace = TimeSpan.FromMilliseconds(1);
        for (int i = 0; i < watches; i++)
        {
            run.Machine.Define($"x{i}", Address(i), 8);
            run.Watch($"x{i}");
        }

        return run;
    }

    private static StoreAct Act(int number, ulong value) => new() { Address = Address(number), Length = 8, Value = value, Rip = Rip(number) };

    /// <summary>Each of them every 10 ms, as long as the watching lasts.</summary>
    private static void WriteAll(WatchRun run, int watches)
    {
        ulong value = 0;
        for (int at = 5; at < End + 200; at += 10)
        {
            for (int i = 0; i < watches; i++)
            {
                int number = i;
                run.Machine.At(at, () => run.Machine.Store(Act(number, ++value)));
            }
        }
    }
}
