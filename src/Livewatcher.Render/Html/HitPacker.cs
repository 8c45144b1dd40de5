// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Turns hits into what the page keeps of each, and learns what they have in common: objects, writers, threads, texts.</summary>
internal sealed class HitPacker
{
    /// <summary>Integers that a double holds.</summary>
    private const long LargestExact = 1L << 53;

    private const int MostThreads = 1 << 16;
    private const int MostTexts = 1 << 16;
    private const int LongestText = 300;

    private readonly Interned<string> texts = new(MostTexts, StringComparer.Ordinal);
    private readonly Interned<(ProcessId Process, ThreadId Thread, string? Name)> threads = new(MostThreads);
    private long count;

    public WatchedObjects Objects { get; } = new();

    public WriterKeys Writers { get; } = new();

    public HitDetails Details { get; } = new();

    public IReadOnlyList<string> Texts => texts.Items;

    public IReadOnlyList<(ProcessId Process, ThreadId Thread, string? Name)> Threads => threads.Items;

    /// <summary>What had no room in these tables, in words.</summary>
    public IEnumerable<string> Shortened()
    {
        if (texts.IsShort)
            yield return $"more than {MostTexts:N0} different values: what further ones are called is not on this page.";
        if (threads.IsShort)
            yield return $"more than {MostThreads:N0} threads: hits of further ones are shown without a thread.";
        if (Objects.IsShort)
            yield return "more than 256 watched objects (processes are counted separately): the last one stands for all further ones.";
        if (Details.Lost > 0)
            yield return $"for {Details.Lost:N0} older hits the system call's arguments, or the value before it, were left out.";
    }

    /// <param name="hit">In the order of the run.</param>
    /// <param name="ticks">Of 100 ns, from the first event on.</param>
    public PackedHit Pack(Hit hit, long ticks)
    {
        (short number, WatchedObject watched) = Objects.Find(hit.Watch, hit.Address, hit.Process);
        int writer = Writers.NumberOf(hit);
        bool follows = watched.Take(hit, new ByteChange(hit.Sequence, ticks, writer));
        HitMarks marks = Marks(hit, follows);
        if (Details.Add(count++, hit, follows))
            marks |= HitMarks.Detailed;
        (double real, bool whole) = NumberOf(hit.New);
        if (whole)
            marks |= HitMarks.Whole;
        int thread = hit.Thread is { } id ? threads.Add((hit.Process, id, hit.ThreadName)) : -1;
        return new PackedHit(hit.Sequence, ticks, real, TextOf(hit.New), writer, thread, number, (short)Math.Min(hit.Cpu ?? -1, short.MaxValue - 1), marks);
    }

    private static HitMarks Marks(Hit hit, bool follows)
    {
        HitMarks marks = hit.Changed switch { true => HitMarks.Changed, false => HitMarks.Unchanged, null => HitMarks.None };
        marks |= follows ? HitMarks.OldFollows : HitMarks.None;
        marks |= hit.Origin == HitOrigin.Kernel ? HitMarks.Kernel : HitMarks.None;
        marks |= hit.Recovered ? HitMarks.Recovered : HitMarks.None;
        marks |= hit.Undecided ? HitMarks.Undecided : HitMarks.None;
        marks |= hit.Unsure ? HitMarks.Unsure : HitMarks.None;
        marks |= hit.Escaped ? HitMarks.Escaped : HitMarks.None;
        int kind = hit.New is { } value ? (int)value.Kind + 1 : 0;
        return marks | (HitMarks)(kind << (int)HitMarks.KindShift);
    }

    private static (double Number, bool Whole) NumberOf(Value? value) => value switch
    {
        null or { Kind: ValueKind.Bytes } => (double.NaN, false),
        { Kind: ValueKind.Float } => (value.Real, false),
        _ when Int128.Abs(value.Number) <= LargestExact => ((double)value.Number, true),
        _ => ((double)value.Number, false),
    };

    /// <summary>A number that says all by itself has no text.</summary>
    private int TextOf(Value? value) => value switch
    {
        null => -1,
        { Kind: ValueKind.Integer } when Int128.Abs(value.Number) <= LargestExact
            && long.TryParse(value.Text, System.Globalization.CultureInfo.InvariantCulture, out long same) && same == value.Number => -1,
        _ => texts.Add(value.Text.Length > LongestText ? $"{value.Text[..LongestText]}..." : value.Text),
    };
}
