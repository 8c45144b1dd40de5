// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render.Tests.Serving;

/// <summary>Hand-made events of a listener: one of each kind, and each with and without what may be absent.</summary>
internal static class ServingScenario
{
    public static readonly CallStack SetHere = new(
        [
            new(new Address(0x55d0c49f2001), "server", "init_table", 0x11, "/src/demo/table.c", 31, Inlined: false),
            new(new Address(0x55d0c49f2088), "server", "main", 0x88, "/src/demo/server.c", 20, Inlined: false),
        ],
        null);

    public static readonly SlotAccount Account = new(Counted: 1504, Recorded: 1490, Filtered: 12, Dropped: 2, LastValue: 7);

    public static readonly MessageEvent Mark = new(
        Scenario.At(2), MessageKind.Mark, new ProcessId(4121), new ThreadId(4127), "worker-2", "request 17 begins", null);

    public static readonly MessageEvent Backtrace = new(
        Scenario.At(3), MessageKind.Backtrace, new ProcessId(4121), new ThreadId(4127), null, "how did we come here?", Scenario.Worker);

    public static readonly RegistersEvent Registers = new(
        Scenario.At(4), new ProcessId(4121), "ptrace", new ThreadId(4127), [0x55d0c4a0b0cc, 0, 0, 0x7f12a0000b20, 0xb00d0682],
        SetHere with { CutShort = "the copied stack ends (16,384 bytes)" });

    public static readonly DisarmedEvent Disarmed = new(Scenario.At(5), Scenario.Refcnt, new ProcessId(4121), Account);

    public static StatusEvent Status { get; } = new(
        Scenario.At(7), Scenario.Start, "bpf", "task", Guard: true,
        [new("record_watcher", "3"), new("ignore_hwbp_sigtrap", "1"), new("ubacktrace_detail", "1"), new("addr2line", "1"), new("sync", "sigrun")],
        [
            new ServedProcess(
                new ProcessId(4121), "server", 12,
                [
                    new ServedWatch(0, Scenario.Refcnt, 0, Account, new KernelCount((long)Account.Counted + 2, 2)),
                    new ServedWatch(2, Scenario.Accept, 3, default, new KernelCount(0, 0)),
                ],
                [0x55d0c4a0b0cc, 0, 0, 0x55d0c49f1b00, 0xd0682], Armings: 9, Hits: 1490),
            new ServedProcess(new ProcessId(5000), "idle", 1, [], [0, 0, 0, 0, 0x400], Armings: 0, Hits: 0),
        ],
        Hits: 1490, new SyncTally(BySignal: 1012, AtTrap: 0, Held: 0, Directly: 3), ["2 hits were dropped: the buffer was full (--ring takes a larger one)"]);

    public static IReadOnlyList<WatchEvent> WholeRun { get; } =
    [
        new NoteEvent(Scenario.At(0.5), NoteLevel.Info, "process 4121 (server) watches itself from here"),
        Scenario.Armed(Scenario.Refcnt, Scenario.Integer(1), new HardwareSlot(Scenario.Refcnt.Address, 4, AccessMode.Write)),
        new MessageEvent(Scenario.At(1), MessageKind.Info, new ProcessId(4121), null, null, "hello", null),
        Scenario.Hit(1, 1.5) with { SetAt = SetHere },
        Scenario.Hit(2, 1.6) with { SetAt = new CallStack([SetHere.Frames[0]], "3 levels are asked for") },
        Mark,
        Backtrace,
        Backtrace with { Text = "and now?", ThreadName = "worker-2", Stack = Scenario.Worker with { CutShort = "the copied stack ends (16,384 bytes)" } },
        Registers,
        new RegistersEvent(Scenario.At(4.5), new ProcessId(4121), "engine", null, [0, 0, 0, 0, 0x400], null),
        Disarmed,
        Disarmed with { Time = Scenario.At(6), Watch = Scenario.Accept, Account = new SlotAccount(1, 1, 0, 0, 0) },
        Status,
        Status with { Processes = [], Gaps = [], Guard = false, Hits = 0 },
    ];
}
