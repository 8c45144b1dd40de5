// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Recording.Load;

/// <summary>A counter that eight threads change, with stacks of a dozen frames.</summary>
/// <param name="places">Where, each with a stack of its own.</param>
internal sealed class MadeUpHits(int places = 32)
{
    private const int Threads = 8;

    private static readonly Watch Counter = new(
        new WatchRequest("g_table[3].refcnt", AccessMode.Write), new Address(0x55d0c4a0b0cc), 4, new NoFormat(), "int", null)
    {
        Shape = """{"pointer":8,"type":{"kind":"integer","name":"int","size":4,"signed":true}}""",
    };

    private static readonly Binary Program = new("/usr/sbin/server", "5f0c1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b", 0x55d0c49f0000);

    private readonly CallStack[] stacks = [.. Enumerable.Range(0, places).Select(StackOf)];
    private readonly Instruction[] instructions =
        [.. Enumerable.Range(0, places).Select(i => new Instruction(new Address(0x55d0c49f1a00 + ((ulong)i * 16)), "mov dword ptr [rax+0xc], edx", true, null, null))];

    private readonly DateTimeOffset began = DateTimeOffset.Now;
    private long sequence;

    internal ArmedEvent Armed => new(
        began, Counter, new ProcessId(4121), [new HardwareSlot(Counter.Address, 4, AccessMode.Write)], ValueOf(0), "bpf", "task", true, Threads, 2);

    internal Hit Next()
    {
        sequence++;
        int place = (int)(sequence % places);
        int thread = (int)(sequence % Threads);
        return new Hit
        {
            Sequence = sequence,
            Time = began.AddTicks(sequence * 100),
            Watch = Counter,
            Address = Counter.Address,
            Old = ValueOf(sequence - 1),
            New = ValueOf(sequence),
            Changed = true,
            Process = new ProcessId(4121),
            Thread = new ThreadId(4130 + thread),
            ThreadName = $"worker-{thread}",
            Cpu = thread % 2,
            Instruction = instructions[place],
            Stack = stacks[place],
        };
    }

    internal CoverageEvent Coverage(long hits) => new(
        began, began.AddTicks((sequence + 1) * 100), "--for", "bpf", "task", true,
        new HitCounts { Counted = hits, Recorded = hits, Reported = hits }, Threads, 1, 2, 0, [], []);

    private static Value ValueOf(long number) => new(ValueKind.Integer, number.ToString(System.Globalization.CultureInfo.InvariantCulture), number);

    private static CallStack StackOf(int place) => new(
        [.. Enumerable.Range(0, 12).Select(depth => new Frame(
            new Address(0x55d0c49f1a00 + ((ulong)place * 16) + ((ulong)depth * 4096)), "server", $"function_{depth}(conn*)", 0x1c, "/src/demo/server.c", (place * 20) + depth, depth == 0)
            { Binary = Program })],
        null);

    private sealed class NoFormat : IValueFormat
    {
        public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf) => throw new NotSupportedException("Nobody formats here.");
    }
}
