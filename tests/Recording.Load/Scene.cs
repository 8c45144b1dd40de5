// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Recording.Load;

/// <summary>What the browser's tests look at (tests/Browser): a queue whose length is right a few hundred times and wrong once, an enumeration, a
/// pointer, an escaped write, a system call, and names that would take the page over if it let them. The same each time.</summary>
internal sealed class Scene(string sources)
{
    private const ulong Code = 0x55d0c49f1000;

    private static readonly DateTimeOffset Began = new(2026, 11, 22, 14, 2, 10, 1, TimeSpan.FromHours(1));
    private static readonly ProcessId Process = new(4121);
    private static readonly Binary Program = new("/usr/sbin/queued", "5f0c1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b", 0x55d0c49f0000);

    private static readonly Watch Length = new(new WatchRequest("g_queue.len", AccessMode.Write), new Address(0x55d0c4a0b0c0), 4, new NoFormat(), "int", null)
    {
        Shape = """{"pointer":8,"type":{"kind":"integer","name":"int","size":4,"signed":true}}""",
    };
    private static readonly Watch Head = new(new WatchRequest("g_queue.head", AccessMode.Write), new Address(0x55d0c4a0b0c8), 8, new NoFormat(), "struct item *", null);
    private static readonly Watch State = new(new WatchRequest("g_state", AccessMode.Write), new Address(0x55d0c4a0b0d4), 4, new NoFormat(), "enum state", null)
    {
        Condition = new Condition("thread != \"<b>main</b>\"", []),
        Shape = """{"pointer":8,"type":{"kind":"enumeration","name":"enum state","size":4,"enumerators":[["STARTING",0],["RUNNING",1],["DRAINING",2],["STOPPED",3]]}}""",
    };

    private static readonly (int Id, string Name)[] Threads =
    [
        (4130, "worker-0"), (4131, "worker-1"), (4132, "</script><script>document.title='owned'</script>"), (4133, "<img src=x onerror=document.title='owned'>"),
        (4134, "house\u001b[31m\u202ekeeper"),
    ];

    private static readonly string[] States = ["STARTING", "RUNNING", "DRAINING", "STOPPED"];

    private readonly Random random = new(7);
    private long sequence;
    private double now;

    internal IEnumerable<WatchEvent> Events()
    {
        yield return Armed(Length, Integer(0));
        yield return Armed(Head, Pointer(0));
        yield return Armed(State, Enumerator(0));
        yield return new NoteEvent(At(0.2), NoteLevel.Info, "libplugin.so was mapped at 0x7f12a5000000.");
        CallStack push = StackOf(("push", 21, 0x30, true), ("worker", 40, 0x130, false)), pop = StackOf(("pop", 27, 0x80, true), ("worker", 42, 0x158, false));
        long length = 0;
        Value head = Pointer(0);
        Value state = Enumerator(0);
        for (int i = 1; i <= 420; i++)
        {
            now += 0.004 + (random.NextDouble() * 0.02);
            (int Id, string Name) thread = Threads[random.Next(4)];
            bool grows = length < 4 || (length < 40 && random.Next(100) < 53);
            Value next = Pointer(0x7f12a0000b00 + (ulong)(random.Next(6) * 64));
            yield return Made(Head, head, next, thread, grows ? push : pop, grows ? 0x24UL : 0x74, "mov qword ptr [rdi+8], rax");
            head = next;
            long before = length;
            length += grows ? 1 : -1;
            yield return Made(Length, Integer(before), Integer(length), thread, grows ? push : pop, grows ? 0x2dUL : 0x7d, grows ? "add dword ptr [rdi], 1" : "sub dword ptr [rdi], 1");
            if (i is 3 or 380 or 410)
            {
                Value then = Enumerator(i == 3 ? 1 : i == 380 ? 2 : 3);
                yield return Made(State, state, then, Threads[0], StackOf(("set_state", 0, 0x200, false), ("main", 0, 0x400, false)), 0x1fc, "mov dword ptr [rip+0x2f], eax");
                state = then;
            }

            if (i == 300)
            {
                now += 0.001;
                CallStack guilty = StackOf(("memset", 0, 0x900, false), ("reset_stats", 33, 0x2f0, false), ("housekeeper(std::vector<int, std::allocator<int> >&)", 0, 0x500, false));
                yield return Made(Length, Integer(length), Integer(-1), Threads[4], guilty, 0x8fa, "rep stosb") with { Recovered = true };
                length = -1;
            }

            if (i == 302)
            {
                now += 0.001;
                yield return Made(Length, Integer(length), Integer(7), Threads[0], StackOf(("read", 0, 0xa00, false), ("load_snapshot", 0, 0x600, false)), 0, "") with
                {
                    Origin = HitOrigin.Kernel, SystemCall = "read(5 </var/lib/<i>queue</i>.db>, 0x55d0c4a0b0c0, 4)", Merged = 4, Instruction = null,
                };
                length = 7;
            }

            if (i == 340)
            {
                now += 0.05;
                yield return Made(Length, Integer(length), Integer(12), Threads[0], CallStack.Empty, 0, "") with
                {
                    Thread = null, ThreadName = null, Cpu = null, Instruction = null, EscapedSince = At(now - 0.04),
                };
                length = 12;
            }
        }

        yield return new NoteEvent(At(now), NoteLevel.Warning, "<script>document.title='owned'</script> (pid 99) traces the target: the guard is off.");
    }

    internal CoverageEvent Coverage => new(
        Began, At(now + 0.1), "target exited with status 1", "bpf", "task", true,
        new HitCounts { Counted = sequence + 12, Recorded = sequence - 2, Filtered = 14, Recovered = 1, Escaped = 1, Reported = sequence - 1 }, 5, 1, 2, 0,
        ["1 write escaped: it changed g_queue.len between two looks, and nobody knows who did it."],
        ["Writes through another mapping of the same page are not seen."]);

    private static ArmedEvent Armed(Watch watch, Value value) => new(
        Began, watch, Process, [new HardwareSlot(watch.Address, watch.Length, watch.Mode)], value, "bpf", "task", true, Threads.Length, 2);

    private Hit Made(Watch watch, Value old, Value value, (int Id, string Name) thread, CallStack stack, ulong instruction, string text) => new()
    {
        Sequence = ++sequence,
        Time = At(now),
        Watch = watch,
        Address = watch.Address,
        Old = old,
        New = value,
        Changed = old != value,
        Process = Process,
        Thread = new ThreadId(thread.Id),
        ThreadName = thread.Name,
        Cpu = thread.Id % 2,
        Instruction = new Instruction(new Address(Code + instruction), text, true, null, null),
        Stack = stack,
    };

    private static DateTimeOffset At(double seconds) => Began.AddMicroseconds(Math.Round(seconds * 1e6));

    private static Value Integer(long number) => new(ValueKind.Integer, number.ToString(System.Globalization.CultureInfo.InvariantCulture), number);

    private static Value Enumerator(int number) => new(ValueKind.Enumerator, States[number], number);

    private static Value Pointer(ulong address) => new(ValueKind.Pointer, address == 0 ? "0x0" : $"0x{address:x} <g_items+{address & 0xfff}>", address);

    /// <summary>Innermost first; line 0: without source.</summary>
    private CallStack StackOf(params (string Function, int Line, ulong Place, bool Inlined)[] frames) => stacks.TryGetValue(frames[0].Place, out CallStack? known)
        ? known
        : stacks[frames[0].Place] = new CallStack(
            [
                .. frames.Select(frame => new Frame(
                    new Address(Code + frame.Place), "queued", frame.Function, frame.Place & 0xf, frame.Line > 0 ? Path.Combine(sources, "queue.c") : null, frame.Line, frame.Inlined)
                {
                    Binary = Program,
                }),
                new Frame(new Address(0x7f12a4e89134), "libc.so.6", "start_thread", 0x304, "./nptl/pthread_create.c", 442, false),
                new Frame(new Address(0x7f12a4f097dc), "libc.so.6", "clone3", 0x2c, null, 0, false),
            ], null);

    private readonly Dictionary<ulong, CallStack> stacks = [];

    private sealed class NoFormat : IValueFormat
    {
        public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf) => throw new NotSupportedException("Nobody formats here.");
    }
}
