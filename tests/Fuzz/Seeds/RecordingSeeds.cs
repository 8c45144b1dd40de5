// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Fuzz.Seeds;

/// <summary>A recording in pages of 512 bytes, so that it is small; and the same with one thing each that lies.</summary>
internal static class RecordingSeeds
{
    private const int Page = 512;

    /// <summary>b-tree pages (sqlite.org/fileformat.html, 1.6): an interior page of a table, and where its last child is named.</summary>
    private const byte InteriorTable = 5;
    private const int RightChild = 8;

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 14, 2, 10, TimeSpan.FromHours(1));

    private static readonly Watch Counter = new(new WatchRequest("g_x", AccessMode.Write), new Address(0x404040), 4, new NoFormat(), "int", null)
    {
        Shape = """{"pointer":8,"type":{"kind":"aggregate","name":"struct s","size":4,"members":[["x",0,0,{"kind":"integer","name":"int","size":4,"signed":true}]]}}""",
    };

    private static readonly CallStack Stack = new(
        [new Frame(new Address(0x401136), "program", "main", 0x10, "/src/program.c", 7, Inlined: false) { Binary = new Binary("/bin/program", "01ab", 0) }], null);

    internal static IEnumerable<(string Name, byte[] Bytes)> All()
    {
        byte[] whole = Make(closed: true);
        yield return ("whole", whole);
        yield return ("unclosed", Make(closed: false));
        yield return ("newer", Make(true, "PRAGMA user_version = 99"));
        yield return ("view-for-a-table", Make(true, "DROP TABLE note; CREATE VIEW note AS SELECT 1 AS id, 1 AS time, 'info' AS level, 'x' AS text"));
        yield return ("stack-that-is-none", Make(true, "UPDATE hit SET stack = 77"));
        yield return ("action-without-a-hit", Make(true, "UPDATE action SET hit = 1; UPDATE snapshot SET around = x''"));
        yield return ("wrong-types", Make(true, "UPDATE hit SET time = 'then', old = x'00', cpu = 1.5"));
        yield return ("time-without-end", Make(true, "UPDATE hit SET time = 9223372036854775807"));
        yield return ("offset-without-end", Make(true, "UPDATE zone SET minutes = 9223372036854775807"));
        yield return ("cut-in-half", whole[..(whole.Length / 2)]);
        yield return ("header-only", whole[..100]);
        yield return ("page-of-itself", PageOfItself(whole));
        for (int page = 2; page < whole.Length / Page; page += 7)
            yield return ($"page-{page}-overwritten", Overwritten(whole, page));
    }

    private static byte[] Make(bool closed, string change = "")
    {
        string path = Path.Combine(Path.GetTempPath(), $"livewatcher-seed-{Environment.ProcessId}");
        try
        {
            using (Recorder recorder = Recorder.Open(new RecordingSettings(path, [new("command", "run")])))
            {
                recorder.Add(new ArmedEvent(Start, Counter, new ProcessId(7), [new HardwareSlot(Counter.Address, 4, AccessMode.Write)], Number(0), "bpf", "task", true, 1, 2));
                recorder.Add(new NoteEvent(Start, NoteLevel.Warning, "a note"));
                recorder.Add(new MessageEvent(Start, MessageKind.Mark, new ProcessId(7), new ThreadId(7), "main", "a mark", Stack));
                for (int i = 1; i <= 5; i++)
                    recorder.Add(HitOf(i));
                recorder.Add(new DisarmedEvent(Start, Counter, new ProcessId(7), new SlotAccount(5, 5, 0, 0, 5)));
                if (closed)
                {
                    recorder.Finish(new CoverageEvent(Start, Start.AddSeconds(1), "--for", "bpf", "task", true, new HitCounts { Counted = 5, Recorded = 5, Reported = 5 }, 1, 1, 2, 0, ["a gap"], ["a remark"])
                    {
                        Skipped = [new SkippedStretch("g_x", new ProcessId(7), Start, Start, 3, false)],
                        Actions = [new ActionTally("g_x", "snapshot g_x", 0, 1, 0, null)],
                        Arisings = [new ArisingTally("f::x", 3, 2, 1, 0, 1, 1)],
                        Sharings = [new SharingTally(["g_x", "g_y"], new HardwareSlot(Counter.Address, 8, AccessMode.Write), 0, 0)],
                        Turns = [new TurnTally("g_x", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), 3, 5, 0)],
                    });
                }
            }

            using (SqliteConnection connection = new($"Data Source={path};Pooling=False"))
            {
                connection.Open();
                using SqliteCommand command = connection.CreateCommand();
                command.CommandText = $"{change}; PRAGMA page_size = {Page}; VACUUM";
                command.ExecuteNonQuery();
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Hit HitOf(int number) => new()
    {
        Sequence = number,
        Time = Start.AddMilliseconds(number),
        Watch = Counter,
        Address = Counter.Address,
        Old = Number(number - 1),
        New = Number(number),
        Changed = true,
        Process = new ProcessId(7),
        Thread = new ThreadId(7),
        ThreadName = "main",
        Cpu = 1,
        Instruction = new Instruction(new Address(0x401130), "mov dword ptr [rax], edx", true, null, null),
        Stack = Stack,
        Actions = number > 1 ? [] : [new ActionOutcome(new HitAction(ActionKind.Snapshot, "snapshot g_x"), false, TimeSpan.FromMilliseconds(1), null)
        {
            Snapshot = [new SnapshotLine("g_x", Counter.Address, Number(1), null) { From = Counter.Address, Around = new byte[16] }],
        }],
    };

    private static Value Number(int number) => new(ValueKind.Integer, $"{number}", number);

    /// <summary>The last page is its own last child.</summary>
    private static byte[] PageOfItself(byte[] whole)
    {
        byte[] copy = [.. whole];
        int last = whole.Length / Page;
        for (int page = 2; page <= last; page++)
        {
            Span<byte> bytes = copy.AsSpan((page - 1) * Page, Page);
            if (bytes[0] != 13) // a leaf of a table
                continue;
            bytes.Clear();
            bytes[0] = InteriorTable;
            bytes[RightChild + 2] = (byte)(page >> 8);
            bytes[RightChild + 3] = (byte)page;
        }

        return copy;
    }

    private static byte[] Overwritten(byte[] whole, int page)
    {
        byte[] copy = [.. whole];
        copy.AsSpan(page * Page, Page).Fill(0x55);
        return copy;
    }

    private sealed class NoFormat : IValueFormat
    {
        public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf) => throw new NotSupportedException("Nobody formats here.");
    }
}
