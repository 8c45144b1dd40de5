// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>One run of a session on a fake machine.</summary>
internal sealed class WatchRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    internal List<WatchRequest> Requests { get; } = [];

    internal FakeMachine Machine { get; } = new();

    internal int Target { get; init; } = FakeMachine.Root;

    internal bool Started { get; init; }

    internal bool Traced { get; init; } = true;

    internal bool GuardOn { get; init; } = true;

    internal bool FollowFork { get; init; }

    internal bool FollowExec { get; init; }

    internal TimeSpan? For { get; init; }

    internal long? MaxHits { get; init; }

    internal FloodLimit? Flood { get; init; }

    internal IReadOnlyList<KnownWriter> Known { get; init; } = [];

    internal TimeSpan? Learn { get; init; }

    /// <summary>Watches take turns of this length.</summary>
    internal TimeSpan? Turn { get; init; }

    /// <summary>Whether this machine's debug registers are known to trap.</summary>
    internal bool IsTried { get; init; } = true;

    /// <summary>What the session would save.</summary>
    internal IReadOnlyCollection<KnownWriter> Writers { get; private set; } = [];

    /// <summary>What may take a while, as it was told.</summary>
    internal List<SessionStage> Stages { get; } = [];

    /// <summary>While it runs.</summary>
    internal WatchSession? Session { get; private set; }

    internal CancellationTokenSource Stop { get; } = new();

    internal CancellationTokenSource Hurry { get; } = new();

    internal RecordingSink Sink => Machine.Sink;

    /// <summary>What is sent from here.</summary>
    internal FakeSignals Signals { get; } = new();

    /// <summary>What is started from here.</summary>
    internal FakeCommands Commands { get; } = new();

    /// <summary>Core files.</summary>
    internal FakeCores Cores { get; } = new();

    /// <summary>What arms watches by themselves; null for nobody.</summary>
    internal FakeArisings? Arisings { get; set; }

    /// <summary>Who else holds registers, as the machine's owner would say.</summary>
    internal string? SlotHolders { get; init; }

    internal WatchRun Watch(string expression, AccessMode mode = AccessMode.Write)
    {
        Requests.Add(new WatchRequest(expression, mode));
        return this;
    }

    /// <summary>Runs to the end on a thread of its own; a session that hangs fails the test.</summary>
    internal async Task<SessionOutcome> RunAsync() => (await RunAsync(awaitExit: false)).Outcome;

    internal async Task<(SessionOutcome Outcome, int? Status)> RunAsync(bool awaitExit)
    {
        FakeMachine machine = Machine;
        machine.Stands = Started && Traced;
        SessionPlatform platform = new(
            machine.Source, machine.Arming, Traced ? machine.Tracer : null, GuardOn, machine.OpenProcess, machine.OpenSymbols,
            machine.IsAlive, _ => SlotHolders, machine.Clock, Flood) { Signals = Signals, Commands = Commands, Cores = Cores, Arisings = Arisings, OnStage = Stages.Add };
        SessionOptions options = new(Requests, For, MaxHits, FollowFork, FollowExec, Started, CpuCount: 2) { Known = Known, Learn = Learn, Turn = Turn, IsTried = IsTried };
        return await Task.Run(() =>
        {
            using WatchSession session = new(platform, options, machine.Sink);
            Session = session;
            SessionOutcome outcome = session.Run(new ProcessId(Target), Stop.Token, Hurry.Token);
            Writers = session.Writers;
            return (outcome, awaitExit ? session.AwaitExit(Stop.Token) : null);
        }).WaitAsync(Patience);
    }
}
