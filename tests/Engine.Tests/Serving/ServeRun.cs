// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Serving;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>A listener on a fake machine, and programs that ask it for things. Requests are answered on the session's thread; stores
/// are made by the test's, at a time of the fake clock that lies between its requests.</summary>
internal sealed class ServeRun : IEventSink, IAsyncDisposable
{
    internal const ulong X = FakeMemory.Base;
    internal const int Pid = FakeMachine.Root;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private readonly List<(Func<WatchEvent, bool> Wanted, TaskCompletionSource Seen)> awaited = [];
    private ListenSession? session;
    private Task running = Task.CompletedTask;
    private ulong rip = 0x401000;

    internal FakeMachine Machine { get; } = new();

    internal ListenSettings Settings { get; } = new();

    internal RecordingSink Sink => Machine.Sink;

    internal bool GuardOn { get; init; } = true;

    internal FloodLimit? Flood { get; init; }

    internal Func<ProcessId, GuardOutcome> Guard { get; init; } = _ => new GuardOutcome(Held: true, WantsHandler: false, null);

    internal Func<ProcessId, IReadOnlyList<(ThreadId, IReadOnlyList<ulong>)>>? ReadRegisters { get; init; }

    internal ListenSession Session => session ?? throw new InvalidOperationException("the listener is not started");

    /// <summary>Over when the listener has ended.</summary>
    internal Task Ended => running.WaitAsync(Patience);

    internal ServeRun Start()
    {
        SessionPlatform parts = new(
            Machine.Source, Machine.Arming, Machine.Tracer, GuardOn, Machine.OpenProcess, Machine.OpenSymbols, Machine.IsAlive, _ => null, Machine.Clock,
            Flood);
        session = new ListenSession(new ListenPlatform(parts, Guard, id => $"prog{id}", ReadRegisters, CpuCount: 2), Settings, this);
        running = Task.Run(() => session.Run(stop.Token));
        return this;
    }

    /// <summary>A listener with the first process connected.</summary>
    internal static async Task<ServeRun> JoinedAsync(ServeRun? run = null)
    {
        run = (run ?? new ServeRun()).Start();
        await run.JoinAsync();
        return run;
    }

    internal async Task<ClientAnswer> AskAsync(ClientRequest request)
    {
        TaskCompletionSource<ClientAnswer> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Machine.Clock.Tick();
        Session.Post(request, answered.SetResult);
        ClientAnswer answer = await answered.Task.WaitAsync(Patience);
        Machine.Clock.Tick();
        return answer;
    }

    internal Task<ClientAnswer> JoinAsync(int process = Pid, long connection = 1) => AskAsync(new ClientRequest.Join(new ProcessId(process), connection));

    internal Task<ClientAnswer> LeaveAsync(int process = Pid, long connection = 1) => AskAsync(new ClientRequest.Leave(new ProcessId(process), connection));

    /// <returns>The errno.</returns>
    internal async Task<int> SetAsync(
        int number, ulong address = X, int length = 4, AccessMode mode = AccessMode.Write, bool changesOnly = false, string label = "", int process = Pid) =>
        (await AskAsync(SetOf(number, address, length, mode, changesOnly, label, process))).Error;

    internal static ClientRequest.Set SetOf(
        int number, ulong address = X, int length = 4, AccessMode mode = AccessMode.Write, bool changesOnly = false, string label = "", int process = Pid) =>
        new(new ProcessId(process), process, number, new HardwareSlot(new Address(address), length, mode), changesOnly, label,
            default(UserRegisters) with { Rip = 0x402000 + (ulong)number, Rsp = X + 0x800 });

    internal Task<ClientAnswer> ResetAsync(int number, int process = Pid) => AskAsync(new ClientRequest.Reset(new ProcessId(process), process, number));

    internal Task<ClientAnswer> SayAsync(MessageKind kind, string text, UserRegisters? caller = null, int thread = Pid) =>
        AskAsync(new ClientRequest.Say(new ProcessId(Pid), thread, kind, text, caller));

    internal Task<ClientAnswer> ChooseAsync(string name, int value, int process = Pid) =>
        AskAsync(new ClientRequest.Setting(new ProcessId(process), process, name, value));

    /// <summary>One store instruction; each stands at a place of its own.</summary>
    internal void Store(ulong address, ulong value, int process = Pid, int length = 4) =>
        Machine.Store(new StoreAct { Process = process, Thread = process, Address = address, Value = value, Length = length, Rip = Interlocked.Add(ref rip, 16) });

    /// <summary>From here on hits stay in the ring.</summary>
    internal async Task HoldAsync()
    {
        Machine.Source.Held = true;
        long before = Machine.Source.HeldPasses;
        using CancellationTokenSource limit = new(Patience);
        while (Machine.Source.HeldPasses == before)
            await Task.Delay(1, limit.Token);
    }

    /// <summary>When everything up to here has been published: the process says a word, which comes in its place.</summary>
    internal async Task SettleAsync(int process = Pid)
    {
        string text = $"settled {Guid.NewGuid()}";
        await AskAsync(new ClientRequest.Say(new ProcessId(process), process, MessageKind.Info, text, null));
        await SeenAsync(told => told is MessageEvent message && message.Text == text);
    }

    /// <summary>When such an event has been published.</summary>
    internal Task SeenAsync(Func<WatchEvent, bool> wanted)
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (Sink.Events.Any(wanted))
                seen.SetResult();
            else
                awaited.Add((wanted, seen));
        }

        return seen.Task.WaitAsync(Patience);
    }

    /// <summary>Tells the listener to stop, and waits until it has.</summary>
    internal async Task<CoverageEvent> StopAsync()
    {
        Machine.Clock.Tick();
        await stop.CancelAsync();
        await Ended;
        return Sink.Coverage;
    }

    public void Publish(WatchEvent watchEvent)
    {
        lock (gate)
        {
            Sink.Publish(watchEvent);
            foreach ((Func<WatchEvent, bool> wanted, TaskCompletionSource seen) in awaited.ToList())
            {
                if (wanted(watchEvent) && seen.TrySetResult())
                    awaited.Remove((wanted, seen));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Machine.Source.Held = false;
        await stop.CancelAsync();
        await Ended;
        Session.Dispose();
        stop.Dispose();
    }
}
