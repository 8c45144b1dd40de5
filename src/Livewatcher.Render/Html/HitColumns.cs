// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.IO.Compression;

namespace Livewatcher.Render;

/// <summary>The newest hits, one by one, and the bytes they become: gzip of blocks, each a number of hits, then ten columns, each its
/// length in bytes and its numbers (<see cref="Varints"/>). Column by column, because neighbours in a column are alike.</summary>
/// <param name="limit">So many are kept, or up to a block fewer.</param>
/// <param name="leaves">Takes each hit that is pushed out by newer ones.</param>
internal sealed class HitColumns(int limit, Action<PackedHit> leaves)
{
    private const int Columns = 10;

    private readonly int block = Math.Clamp(limit / 16, 1, 1 << 16);
    private readonly Queue<PackedHit[]> full = [];
    private PackedHit[]? filling;
    private int filled;

    /// <summary>Hits that have come, the pushed-out ones included.</summary>
    public long Total { get; private set; }

    public long Kept => ((long)full.Count * block) + filled;

    public void Add(PackedHit hit)
    {
        filling ??= new PackedHit[block];
        filling[filled++] = hit;
        Total++;
        if (filled < block)
            return;
        full.Enqueue(filling);
        filling = null;
        filled = 0;
        if (((long)full.Count + 1) * block <= limit)
            return;
        PackedHit[] oldest = full.Dequeue();
        foreach (PackedHit one in oldest)
            leaves(one);
        filling = oldest;
    }

    public void WriteTo(Stream output)
    {
        using GZipStream gzip = new(output, CompressionLevel.Optimal, leaveOpen: true);
        Varints[] columns = [.. Enumerable.Range(0, Columns).Select(_ => new Varints())];
        Varints head = new();
        Before before = new();
        foreach (PackedHit[] hits in full)
            WriteBlock(hits);
        if (filled > 0)
            WriteBlock(filling.AsSpan(0, filled));

        void WriteBlock(ReadOnlySpan<PackedHit> hits)
        {
            foreach (Varints column in columns)
                column.Clear();
            foreach (ref readonly PackedHit hit in hits)
                before.Encode(hit, columns);
            head.Clear();
            head.Add((ulong)hits.Length);
            foreach (Varints column in columns)
                head.Add((ulong)column.Length);
            gzip.Write(head.Written);
            foreach (Varints column in columns)
                gzip.Write(column.Written);
        }
    }

    /// <summary>Numbers are stored as differences.</summary>
    private sealed class Before
    {
        private readonly Dictionary<short, long> numbers = [];
        private long sequence;
        private long ticks;

        public void Encode(in PackedHit hit, Varints[] columns)
        {
            columns[0].AddSigned(hit.Sequence - sequence);
            columns[1].AddSigned(hit.Ticks - ticks);
            (sequence, ticks) = (hit.Sequence, hit.Ticks);
            columns[2].Add((ulong)hit.Object);
            columns[3].Add((ulong)(hit.Writer + 1));
            columns[4].Add((ulong)(hit.Thread + 1));
            columns[5].Add((ulong)(hit.Cpu + 1));
            columns[6].Add((ulong)hit.Marks);
            columns[9].Add((ulong)(hit.Text + 1));
            if (hit.Marks.HasFlag(HitMarks.Whole))
            {
                long number = (long)hit.Number;
                columns[7].AddSigned(number - numbers.GetValueOrDefault(hit.Object));
                numbers[hit.Object] = number;
            }
            else if ((int)hit.Marks >> (int)HitMarks.KindShift != 0)
            {
                columns[8].Add(hit.Number);
            }
        }
    }
}
