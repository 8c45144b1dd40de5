// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>Any history of a program: the session's figures are the machine's own, or the session says that they are not.</summary>
public sealed class HistoryTests
{
    private const ulong X = FakeMemory.Base;

    private enum Kind
    {
        Store,
        Recovered,
        Lost,
        Fork,
        ChildStore,
        Pause,
    }

    [Fact]
    public void WithoutALossEveryWriteIsReportedOnce() =>
        Histories(Kind.Store, Kind.Store, Kind.Recovered, Kind.Fork, Kind.ChildStore, Kind.Pause).Sample(
            history =>
            {
                (WatchRun run, int writes) = Run(history);
                CoverageEvent coverage = run.Sink.Coverage;
                coverage.Gaps.Should().BeEmpty();
                coverage.Hits.Reported.Should().Be(writes);
                run.Sink.Hits.Should().HaveCount(writes);
                coverage.Hits.Reported.Should().Be(coverage.Hits.Due);
                Chained(run);
            },
            iter: 30,
            threads: 1);

    [Fact]
    public void AChangeThatNobodySawIsNeverCalledComplete() =>
        Histories(Kind.Store, Kind.Lost, Kind.Recovered, Kind.Pause).Sample(
            history =>
            {
                (WatchRun run, int writes) = Run(history);
                CoverageEvent coverage = run.Sink.Coverage;
                if (EndsWithALoss(history))
                    coverage.Complete.Should().BeFalse();
                run.Sink.Hits.Should().HaveCount(writes);
                coverage.Complete.Should().Be(coverage.Hits.Escaped == 0);
                coverage.Hits.Escaped.Should().Be(run.Sink.Escapes.Count);
            },
            iter: 30,
            threads: 1);

    private static Gen<(Kind Kind, ulong Value, int Gap)[]> Histories(params Kind[] kinds) =>
        Gen.Select(Gen.Int[0, kinds.Length - 1], Gen.ULong[1, 1_000_000], Gen.Int[0, 9]).Select((kind, value, gap) => (kinds[kind], value, gap)).Array[0, 120];

    /// <summary>Nothing after the last lost write can explain what memory holds.</summary>
    private static bool EndsWithALoss((Kind Kind, ulong Value, int Gap)[] history)
    {
        List<(Kind Kind, ulong Value, int Gap)> writes = [.. history.Where(step => step.Kind != Kind.Pause)];
        return writes.Count > 0 && writes[^1].Kind == Kind.Lost && writes[^1].Value != (writes.Count > 1 ? writes[^2].Value : 0);
    }

    /// <summary>Every process's hits lead from value to value without a hole.</summary>
    private static void Chained(WatchRun run)
    {
        foreach (IGrouping<ProcessId, Hit> process in run.Sink.Hits.GroupBy(hit => hit.Process))
        {
            Int128? last = null;
            foreach (Hit hit in process)
            {
                if (last is { } before)
                    hit.Old!.Number.Should().Be(before);
                last = hit.New!.Number;
            }
        }
    }

    private static (WatchRun Run, int Writes) Run((Kind Kind, ulong Value, int Gap)[] history)
    {
        WatchRun run = new() { FollowFork = true, Started = true };
        run.Machine.Define("x", X, 4);
        run.Watch("x");
        run.Machine.Touched = _ => [0];
        double at = 5;
        int writes = 0;
        int children = 0;
        foreach ((Kind kind, ulong value, int gap) in history)
        {
            int process = kind == Kind.ChildStore && children > 0 ? 1000 + (int)(value % (ulong)children) : FakeMachine.Root;
            StoreAct act = new() { Process = process, Thread = process + (gap % 3), Address = X, Value = value, Lost = kind == Kind.Lost };
            at += kind == Kind.Pause ? 10 * gap : gap % 3;
            switch (kind)
            {
                case Kind.Fork:
                    int child = 1000 + children++;
                    run.Machine.At(at, () => run.Machine.Fork(FakeMachine.Root, child));
                    break;
                case Kind.Recovered:
                    run.Machine.At(at, () => run.Machine.StoreRecovered(act));
                    writes++;
                    break;
                case Kind.Pause:
                    break;
                default:
                    run.Machine.At(at, () => run.Machine.Store(act));
                    writes += kind == Kind.Lost ? 0 : 1;
                    break;
            }
        }

        at += 1;
        for (int child = 1000; child < 1000 + children; child++)
        {
            int id = child;
            run.Machine.At(at, () => run.Machine.Exit(id, 0, traced: true));
        }

        run.Machine.At(at, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        run.RunAsync().GetAwaiter().GetResult();
        return (run, writes);
    }
}
