// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render.Tests;

/// <summary>Hand-made events: one run with every kind of event and every mark a hit can have.</summary>
internal static class Scenario
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 14, 2, 10, 1, TimeSpan.FromHours(1));

    public static readonly Watch Refcnt = new(
        new WatchRequest("g_table[3].refcnt", AccessMode.Write), new Address(0x55d0c4a0b0cc), 4, NoFormat.Instance, "int", null);

    public static readonly Watch Limit = new(
        new WatchRequest("g_conf->limits", AccessMode.Access), new Address(0x7f12a0000b20), 12, NoFormat.Instance, "struct limits",
        "g_conf->limits, g_conf = 0x7f12a0000b00");

    public static readonly Watch Accept = new(
        new WatchRequest("session.c:88", AccessMode.Execute), new Address(0x55d0c49f1b00), 1, NoFormat.Instance, null, null)
    {
        Condition = new Condition("thread != \"main\"", []),
    };

    public static readonly Frame Release = new(
        new Address(0x55d0c49f1a3c), "server", "release(conn*)", 0, "/src/demo/server.c", 88, Inlined: true);

    public static readonly CallStack Worker = new(
        [
            Release,
            new(new Address(0x55d0c49f1a3c), "server", "worker_main(void*)", 0x3c, "/src/demo/server.c", 140, Inlined: false),
            new(new Address(0x7f12a4e89134), "libc.so.6", "start_thread", 0x304, "./nptl/pthread_create.c", 442, Inlined: false),
            new(new Address(0x7f12a4f097dc), "libc.so.6", "clone3", 0x2c, null, 0, Inlined: false),
        ],
        null);

    /// <summary>One outcome of each kind.</summary>
    public static readonly IReadOnlyList<ActionOutcome> Actions =
    [
        new(new HitAction(ActionKind.Stop, "stop") { Signal = 19, SignalName = "SIGSTOP" }, AtHit: true, TimeSpan.Zero, null)
        {
            Next = "gdb -p 4121 -ex 'thread find 4127'",
        },
        new(new HitAction(ActionKind.Signal, "signal USR1") { Signal = 10, SignalName = "SIGUSR1" }, AtHit: false, TimeSpan.FromMicroseconds(3140), null),
        new(new HitAction(ActionKind.Kill, "kill") { Signal = 9, SignalName = "SIGKILL" }, AtHit: true, TimeSpan.Zero, "EPERM (operation not permitted)"),
        new(new HitAction(ActionKind.Exec, "exec ./notify.sh") { Command = "./notify.sh" }, AtHit: false, TimeSpan.FromMicroseconds(3200), null) { Process = 4200 },
        new(new HitAction(ActionKind.Exec, "exec ./slow.sh") { Command = "./slow.sh" }, AtHit: false, TimeSpan.FromMicroseconds(3300), null) { Skipped = true },
        new(new HitAction(ActionKind.Snapshot, "snapshot g_cap; p->len") { Expressions = ["g_cap", "p->len"] }, AtHit: false, TimeSpan.FromMilliseconds(1500), null)
        {
            Snapshot =
            [
                new("g_cap", new Address(0x55d0c4a0b0d0), Integer(1000), null)
                {
                    From = new Address(0x55d0c4a0b0c0),
                    Around = new byte[] { 0x41, 0x42, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x7e, 0x7f, 0xff, 0xe8, 3, 0, 0, 0, 0, 0, 0, 0x68, 0x69, 0, 0, 0, 0, 0, 0 },
                },
                new("p->len", null, null, "p is 0"),
            ],
        },
    ];

    public static readonly Instruction Store = new(
        new Address(0x55d0c49f1a39), "mov dword ptr [rax+0xc], edx", Proven: true, Stores: 0, EffectiveAddress: Refcnt.Address);

    public static Value Integer(long number) => new(ValueKind.Integer, $"{number}", number);

    public static DateTimeOffset At(double seconds) => Start.AddMicroseconds(Math.Round(seconds * 1e6));

    public static Hit Hit(long sequence, double seconds) => new()
    {
        Sequence = sequence,
        Time = At(seconds),
        Watch = Refcnt,
        Address = Refcnt.Address,
        Old = Integer(1),
        New = Integer(0),
        Changed = true,
        Process = new ProcessId(4121),
        Thread = new ThreadId(4127),
        ThreadName = "worker-2",
        Cpu = 1,
        Instruction = Store,
        Stack = Worker,
    };

    public static ArmedEvent Armed(Watch watch, Value? value, params HardwareSlot[] slots) =>
        new(Start, watch, new ProcessId(4121), slots, value, "bpf", "task", Guard: true, Threads: 12, Cpus: 2);

    public static CoverageEvent Coverage(params string[] gaps) => new(
        Start, At(30), "--for", "bpf", "task", Guard: true,
        new HitCounts { Counted = 15, Recorded = 12, Filtered = 3, Recovered = 1, Escaped = 1, Merged = 7, Reported = 6 },
        Threads: 12, Processes: 1, Cpus: 2, StacksCut: 1, Gaps: gaps,
        Remarks: ["Writes through another mapping of the same page are not seen."]);

    public static IReadOnlyList<WatchEvent> WholeRun { get; } =
    [
        Armed(Refcnt, Integer(1), new HardwareSlot(Refcnt.Address, 4, AccessMode.Write)),
        Armed(
            Limit, new Value(ValueKind.Bytes, "{10 00 00 00 ff ff ff ff 00 00 00 00}"),
            new HardwareSlot(Limit.Address, 8, AccessMode.Access), new HardwareSlot(Limit.Address + 8, 4, AccessMode.Access)),
        Armed(Accept, null, new HardwareSlot(Accept.Address, 1, AccessMode.Execute)),
        new NoteEvent(At(0.5), NoteLevel.Info, "libplugin.so was mapped at 0x7f12a5000000."),
        Hit(1, 1.481913),
        Hit(2, 1.482001) with
        {
            Old = Integer(0), New = Integer(0), Changed = false, Recovered = true, Undecided = true, Cpu = 0, Instruction = Store with { Proven = false },
        },
        Hit(3, 2) with
        {
            Watch = Limit,
            Address = Limit.Address,
            Old = new Value(ValueKind.Bytes, "{10 00 00 00 ff ff ff ff 00 00 00 00}"),
            New = new Value(ValueKind.Bytes, "{20 00 00 00 ff ff ff ff 00 00 00 00}"),
            Origin = HitOrigin.Kernel,
            SystemCall = "read(5 </var/lib/x.db>, 0x7f12a0000b20, 12)",
            Merged = 8,
            Instruction = null,
            Stack = Worker with { CutShort = "the copied stack ends (16,384 bytes)" },
        },
        Hit(4, 3.25) with
        {
            Watch = Accept, Address = Accept.Address, Old = null, New = null, Changed = null, Instruction = null,
            Stack = new CallStack(
                [new(Accept.Address, "server", null, 0, null, 0, Inlined: false)], "no call frame information for 0x55d0c49f1b00"),
        },
        Hit(5, 4) with
        {
            Old = Integer(0), New = Integer(7), Thread = null, ThreadName = null, Cpu = null, Instruction = null, Stack = CallStack.Empty,
            EscapedSince = At(3.9),
        },
        new NoteEvent(At(5), NoteLevel.Warning, "gdb (pid 99) traces the target: the guard is off."),
        Hit(6, 6) with { Old = null, New = Integer(3), Changed = null, Unsure = true, Actions = Actions },
        new WriterRow(
            1, Refcnt, "write", 1, 1, At(1.481913), At(1.481913), ["worker-2 (4127)"], 1, [Integer(0)], 1,
            Store, null, Worker, "only writer of 0"),
        new WriterRow(
            2, Limit, "access", 4001, 12, At(2), At(29), ["worker-1 (4126)", "worker-2 (4127)"], 12, [Integer(1), Integer(2)], 20,
            null, "read",
            Worker with { CutShort = "the copied stack ends (16,384 bytes)" }, null),
        Coverage("1 write escaped: it changed g_table[3].refcnt between 14:02:13.901000 and 14:02:14.001000.") with
        {
            Turns = [new("g_table[3].refcnt", TimeSpan.FromSeconds(61.25), TimeSpan.FromSeconds(100), Turns: 123, Counted: 4500, ChangedUnarmed: 7)],
            Sharings =
            [
                new(["g_table[3].refcnt", "g_table[3].flags", "g_table[3].kind"], new HardwareSlot(Refcnt.Address, 8, AccessMode.Write), Beside: 1234, Unsure: 1),
                new(["g_tag"], new HardwareSlot(Limit.Address, 4, AccessMode.Access), Beside: 1, Unsure: 0),
            ],
            Arisings = [new("work::buf[15]", Candidates: 1036, Armed: 24, Skipped: 1011, Failed: 1, Displaced: 3, Ended: 20)],
            Actions = [new("g_table[3].refcnt", "stop", 1, 2, 3, "EPERM (operation not permitted)"), new("g_table[3].refcnt", "exec ./notify.sh", 0, 1, 0, null) { Skipped = 1 }],
        },
    ];

    private sealed class NoFormat : IValueFormat
    {
        public static NoFormat Instance { get; } = new();

        public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf) =>
            throw new NotSupportedException("Renderers get values that are formatted already.");
    }
}
