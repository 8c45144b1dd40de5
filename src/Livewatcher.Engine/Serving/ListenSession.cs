// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Flooding;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Serving;

/// <summary>What a listener needs of its platform beyond a session's parts.</summary>
/// <param name="Parts">The parts.</param>
/// <param name="Guard">Takes a process into the guard's hands, where one is needed.</param>
/// <param name="NameOf">A process's name, for people.</param>
/// <param name="ReadRegisters">DR0 to DR3 and DR7 of each thread, by PEEKUSER; null where the debug registers are not read that way.</param>
/// <param name="CpuCount">CPUs online.</param>
public sealed record ListenPlatform(
    SessionPlatform Parts, Func<ProcessId, GuardOutcome> Guard, Func<ProcessId, string?> NameOf,
    Func<ProcessId, IReadOnlyList<(ThreadId Thread, IReadOnlyList<ulong> Registers)>>? ReadRegisters, int CpuCount);

/// <summary>Whether the guard has a process.</summary>
/// <param name="Held">It has.</param>
/// <param name="WantsHandler">It should be guarded and is not: its own library must swallow stray SIGTRAPs.</param>
/// <param name="Refusal">Why not, as a sentence; null where that is as it should be.</param>
public readonly record struct GuardOutcome(bool Held, bool WantsHandler, string? Refusal);

/// <summary>What a program is told.</summary>
/// <param name="Error">0 or an errno.</param>
/// <param name="WantsHandler">Its own library must swallow stray SIGTRAPs: no guard has it.</param>
public readonly record struct ClientAnswer(int Error, bool WantsHandler = false);

/// <summary>Serves programs that watch their own memory: any number of them, four watches each, until it is told to stop. Requests
/// come from other threads and are done on the caller's of <see cref="Run"/>, between hits.</summary>
public sealed class ListenSession : IFlowOwner, IDisposable
{
    private const int EPERM = 1;
    private const int EINVAL = 22;
    private const ulong PruneInterval = 500_000_000;

    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);

    private readonly ListenPlatform platform;
    private readonly SessionPlatform parts;
    private readonly ListenSettings settings;
    private readonly IEventSink sink;
    private readonly Ledger ledger = new();
    private readonly Dictionary<ProcessId, Client> clients = [];
    private readonly DrainLoop drain;
    private readonly WatchedProcesses processes;
    private readonly Reporter reporter;
    private readonly EventFlow flow;
    private readonly CrossCheck kernel;
    private readonly ClientArmer armer;
    private readonly ListenStatus status;
    private string? ending;
    private CancellationToken stop;
    private ulong nextPrune;

    public ListenSession(ListenPlatform platform, ListenSettings settings, IEventSink sink)
    {
        this.platform = platform;
        this.settings = settings;
        this.sink = sink;
        parts = platform.Parts with { Arming = new SerializedArming(platform.Parts.Arming) };
        Auditor auditor = new(parts.Source, parts.Clock, parts.AuditInterval);
        processes = new WatchedProcesses(parts, ledger, auditor);
        FloodMeters meters = new(parts.Source, parts.Flood);
        FloodBrake brake = new(parts, meters);
        drain = new DrainLoop(parts.Source, auditor, meters, brake, parts.Clock, processes.DescribeDescriptor, parts.KeepUp);
        SessionOptions options = new([], null, null, FollowFork: false, FollowExec: false, Started: false, platform.CpuCount);
        reporter = new Reporter(parts, options, ledger, new HitCounting(sink, clients));
        flow = new EventFlow(parts, ledger, processes, drain, meters, brake, reporter, this);
        parts.Tracer?.Arrived = drain.Wake;
        kernel = new CrossCheck(parts, ledger, drain.AwaitPass);
        armer = new ClientArmer(parts, ledger, processes, kernel, flow, settings, sink, platform.CpuCount);
        status = new ListenStatus(parts, settings, ledger, kernel, since: Now);
    }

    private bool CanSignal => parts.Source.Handlings.HasFlag(SlotHandling.Signal);

    private string CannotSignal => $"{ListenSettings.IgnoreTrapName} 0: backend {parts.Source.Name} cannot send SIGTRAP at an access; it takes backend bpf";

    /// <summary>Programs that are there: one that has gone may not be known to have ended yet.</summary>
    private IEnumerable<Client> Served => clients.Values.Where(client => client.Connected && !client.Process.Retired);

    private DateTimeOffset Now => parts.Clock.ToWallClock(parts.Clock.Now);

    /// <summary>Serves until it is told to stop, then disarms everything and closes the account.</summary>
    /// <param name="stop">Ends it.</param>
    /// <param name="hurry">Leaves out what is not named by then.</param>
    /// <exception cref="UserException">This backend cannot do what the settings say.</exception>
    public void Run(CancellationToken stop, CancellationToken hurry = default)
    {
        flow.Hurry = hurry;
        this.stop = stop;
        if (!settings.IgnoreTrap && !CanSignal)
            throw new UserException(CannotSignal);
        if (CannotSync(settings.Sync) is { } why)
            throw new UserException(why);
        drain.Start();
        using CancellationTokenRegistration waking = stop.Register(drain.Wake);
        while (ending is null)
        {
            flow.Step(Idle);
            if (stop.IsCancellationRequested)
                ending ??= "the listener was told to stop";
        }

        DateTimeOffset coveredTo = Now;
        foreach (Client client in clients.Values)
            armer.ResetAll(client);
        flow.Finishing = true;
        parts.Tracer?.Detach();
        drain.Stop();
        flow.Finish();
        flow.RetireAll();
        reporter.Close(ending, armer.CoveredFrom, coveredTo, kernel);
    }

    /// <summary>Does what a program asks. From any thread.</summary>
    /// <param name="request">What.</param>
    /// <param name="answer">Told how it went, on the session's thread; now, or when it is done.</param>
    public void Post(ClientRequest request, Action<ClientAnswer> answer) => drain.Post(() =>
    {
        if (Serve(request, answer) is { } now)
            answer(now);
    });

    /// <summary>What is going on.</summary>
    public Task<StatusEvent> StatusAsync() => Ask(() => status.Read(Served));

    /// <summary>Changes a setting for all.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    public Task<string?> SetAsync(string name, string value) => Ask(() => Change(name, value));

    /// <summary>The debug registers of every process, or of every thread where they are read from there.</summary>
    public Task<IReadOnlyList<RegistersEvent>> RegistersAsync() => Ask<IReadOnlyList<RegistersEvent>>(
        () => [.. Served.SelectMany(client => Registers(client, null))]);

    public void Dispose()
    {
        drain.Dispose();
        processes.Dispose();
    }

    WatchedProcess? IFlowOwner.Adopt(ProcessId process, bool recovered) => null;

    bool IFlowOwner.IsOneFamily => false;

    bool IFlowOwner.EndForFlood(string why) => false;

    void IFlowOwner.OnExeced(ProcessId process) => flow.Retire(process);

    void IFlowOwner.OnTracerEvent(TracerEvent tracerEvent)
    {
        switch (tracerEvent)
        {
            case TracerEvent.Executed executed:
                flow.Defer(() =>
                {
                    flow.Retire(executed.Process);
                    parts.Tracer!.Release(executed.Process);
                });
                break;
            case TracerEvent.Exited exited:
                flow.Defer(() => flow.Retire(exited.Process));
                break;
            case TracerEvent.TracerGone:
                ending ??= "the guard process was killed";
                break;
        }
    }

    /// <summary>Whoever has opened its events still holds them, with the kernel's count of them.</summary>
    void IFlowOwner.OnRetired(WatchedProcess process)
    {
        armer.LetGo(process);
        if (clients.TryGetValue(process.Id, out Client? client) && client.Process == process)
            client.Watches.Clear();
    }

    /// <summary>Forgets who has left and is no more, or has become another program.</summary>
    void IFlowOwner.OnDrained()
    {
        if (parts.Clock.Now < nextPrune)
            return;
        nextPrune = parts.Clock.Now + PruneInterval;
        foreach ((ProcessId id, Client client) in clients.ToList())
        {
            if (!client.Process.Retired && !parts.IsAlive(id))
                flow.Defer(() => flow.Retire(id));
            else if (client.Process.Retired && !client.Connected)
                clients.Remove(id);
        }
    }

    /// <returns>Null where the answer comes later.</returns>
    private ClientAnswer? Serve(ClientRequest request, Action<ClientAnswer> answer)
    {
        // Everything is disarmed by now, or is about to be, and nobody would do so again.
        if ((flow.Finishing || stop.IsCancellationRequested) && request is ClientRequest.Join or ClientRequest.Set)
            return new ClientAnswer(EPERM);
        if (request is ClientRequest.Join join)
        {
            if (!clients.TryGetValue(join.Process, out Client? earlier) || earlier.Process.Retired)
                return Join(join.Process, join.Connection);
            // It may be another program by now, of which the news is still behind the hits of the former one.
            flow.Defer(() => answer(flow.Finishing ? new ClientAnswer(EPERM) : Join(join.Process, join.Connection)));
            return null;
        }

        if (!clients.TryGetValue(request.Process, out Client? client))
            return new ClientAnswer(EPERM);
        if (request is ClientRequest.Leave leave)
        {
            if (client.Connection == leave.Connection)
            {
                client.Connection = 0;
                armer.ResetAll(client);
            }

            return default(ClientAnswer);
        }

        // A connection may outlive its process, whose names are forgotten some time after its end.
        if (processes.Find(request.Process) != client.Process)
            return new ClientAnswer(EPERM);
        ThreadId thread = ThreadOf(client, request.Thread) ?? new ThreadId(request.Process.Value);
        switch (request)
        {
            case ClientRequest.Set set:
                armer.Set(client, set, set.Caller is { } where ? CapturedStack.Of(client.Process, thread, where) : null, error => answer(new ClientAnswer(error)));
                return null;
            case ClientRequest.Reset reset:
                armer.Reset(client, reset.Number);
                return default(ClientAnswer);
            case ClientRequest.Say say:
                Say(client, say, thread);
                return default(ClientAnswer);
            case ClientRequest.DumpRegisters dump:
                CallStack stack = CapturedStack.Of(client.Process, thread, dump.Caller).Unwind(client.Process.Symbols);
                List<RegistersEvent> registers = [.. Registers(client, stack)];
                flow.Defer(() => registers.ForEach(sink.Publish));
                return default(ClientAnswer);
            case ClientRequest.Setting setting:
                return new ClientAnswer(Choose(client, setting.Name, setting.Value) ? 0 : EINVAL);
            case ClientRequest.Recovered recovered:
                TakeRecovered(client, recovered, thread);
                return default(ClientAnswer);
            default:
                throw new ArgumentException($"Nobody serves {request.GetType().Name}.", nameof(request));
        }
    }

    private ClientAnswer Join(ProcessId id, long connection)
    {
        if (!clients.TryGetValue(id, out Client? client) || client.Process.Retired)
        {
            GuardOutcome guard = platform.Guard(id);
            if (guard.Refusal is { } why)
                reporter.Note(NoteLevel.Warning, why);
            try
            {
                client = new Client(processes.Open(id), platform.NameOf(id) ?? "?", guard.Held, guard.WantsHandler);
            }
            catch (UserException e)
            {
                reporter.Note(NoteLevel.Warning, e.Message);
                return new ClientAnswer(EPERM);
            }

            clients[id] = client;
            reporter.WarnAboutSymbols(client.Process);
            ledger.Processes++;
            ledger.Threads += client.Process.Process.ReadThreads().Count;
            reporter.Note(NoteLevel.Info, $"process {id} ({client.Name}) watches itself from here");
        }

        armer.ResetAll(client);
        client.Connection = connection;
        return new ClientAnswer(0, client.WantsHandler);
    }

    private void Say(Client client, ClientRequest.Say say, ThreadId thread)
    {
        CallStack? stack = say.Caller is { } caller ? CapturedStack.Of(client.Process, thread, caller).Unwind(client.Process.Symbols) : null;
        ThreadId? named = ThreadOf(client, say.Thread);
        string? name = named is { } id ? client.Process.Process.ReadThreadName(id) : null;
        MessageEvent message = new(Now, say.Kind, client.Process.Id, named, name, say.Text, stack);
        flow.Defer(() => sink.Publish(message));
    }

    /// <summary>The library has swallowed a stray SIGTRAP: the hit is recovered as if the guard had done it.</summary>
    private void TakeRecovered(Client client, ClientRequest.Recovered recovered, ThreadId thread)
    {
        WatchedProcess process = client.Process;
        Dictionary<int, (ulong Old, ulong New)> values = [];
        foreach ((int slot, HardwareSlot content) in process.Slots)
        {
            if (content.Mode == AccessMode.Execute || !Auditor.TryReadValue(process.Process.Memory, content, out ulong now)
                || parts.Source.ReadAccount(process.Id, slot) is not { } account)
            {
                continue;
            }

            values[slot] = (account.LastValue, now);
            parts.Source.CorrectLastValue(process.Id, slot, account.LastValue, now);
        }

        if (recovered.Lost > 0)
            ledger.AddGap($"process {process.Id} could not tell of {recovered.Lost:N0} recovered hits: they came faster than they could be read");
        RawHit hit = CapturedStack.HitOf(process, thread, recovered.Registers, parts.Clock.Now);
        flow.OnTracerEvent(new TracerEvent.Recovered(hit, values));
    }

    /// <summary>A thread's own word for who it is, where that is a thread of its process.</summary>
    private static ThreadId? ThreadOf(Client client, int thread) =>
        thread > 0 && client.Process.Process.ReadThreadName(new ThreadId(thread)) is not null ? new ThreadId(thread) : null;

    /// <returns>Null where it can.</returns>
    private string? CannotSync(SyncMethod method) =>
        parts.Arming.WhyNot(method) is { } why ? $"{ListenSettings.SyncName} {SyncMethods.NameOf(method)}: {why}" : null;

    /// <summary>For everybody: what programs have chosen for themselves gives way.</summary>
    private string? Change(string name, string value)
    {
        if (name == ListenSettings.IgnoreTrapName && value == "0" && !CanSignal)
            return CannotSignal;
        if (name == ListenSettings.SyncName && SyncMethods.TryParse(value, out SyncMethod method) && CannotSync(method) is { } why)
            return why;
        if (settings.TrySet(name, value) is { } refusal)
            return refusal;
        foreach (Client client in clients.Values)
            client.Forget(name);
        foreach (Client client in clients.Values.Where(client => !client.Process.Retired))
            armer.ApplySettings(client);
        return null;
    }

    /// <summary>What a program chooses for its own hits is its own business; how stacks are shown is everybody's.</summary>
    private bool Choose(Client client, string name, int value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        if (name == ListenSettings.DetailName)
            return Change(name, text) is null;
        ListenSettings own = new();
        if (own.TrySet(name, text) is not null || (!own.IgnoreTrap && !CanSignal))
            return false;
        if (name == ListenSettings.RecordWatcherName)
            client.RecordWatcher = own.RecordWatcher;
        else
            client.IgnoreTrap = own.IgnoreTrap;
        armer.ApplySettings(client);
        return true;
    }

    private IEnumerable<RegistersEvent> Registers(Client client, CallStack? stack)
    {
        ProcessId id = client.Process.Id;
        if (platform.ReadRegisters is not { } read)
            return [new RegistersEvent(Now, id, "engine", null, DebugRegisterImage.Of(client.Process.Armed), stack)];
        return read(id).Select(one => new RegistersEvent(Now, id, "ptrace", one.Thread, one.Registers, stack));
    }

    private Task<T> Ask<T>(Func<T> question)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        drain.Post(() => answer.SetResult(question()));
        return answer.Task;
    }

    /// <summary>Counts each program's hits on their way.</summary>
    private sealed class HitCounting(IEventSink inner, Dictionary<ProcessId, Client> clients) : IEventSink
    {
        public void Publish(WatchEvent watchEvent)
        {
            if (watchEvent is Hit hit && clients.TryGetValue(hit.Process, out Client? client))
                client.Hits++;
            inner.Publish(watchEvent);
        }
    }
}
