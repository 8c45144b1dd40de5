// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Linux.Records;

/// <summary>Where the stacks of threads begin, in an array that the BPF program reads while it is written (LW_STACK_TOPS, bpf/watch_event.h). Two threads whose numbers
/// end alike have one place, and take turns. One thread at a time.</summary>
internal sealed unsafe class SharedStackTops(ulong* words)
{
    /// <summary>Above what the unwinder has seen, for a thread's other first frames: the dynamic loader's lies some words below the program's.</summary>
    private const ulong Slack = 128;

    /// <summary>So many threads are remembered for having more than one stack, one inside the other; then nobody's top is believed any more.</summary>
    private const int MostDoubtful = 4096;

    /// <summary>An address of ones.</summary>
    private const ulong Unbounded = ulong.MaxValue << RecordLimits.LW_STACK_TOP_TAG;

    private readonly HashSet<ThreadId> doubtful = [];

    /// <param name="thread">Whose.</param>
    /// <param name="top">Above it is no frame; null where a frame was found above what was said before: the thread's whole stack is copied from now on.</param>
    internal void Set(ThreadId thread, Address? top)
    {
        ref ulong word = ref WordOf(thread);
        if (top is null)
        {
            if (doubtful.Count < MostDoubtful)
                doubtful.Add(thread);
            Volatile.Write(ref word, Unbounded | Tag(thread));
            return;
        }

        if (doubtful.Count == MostDoubtful || doubtful.Contains(thread))
            return;
        ulong packed = Pack(thread, top.Value);
        if (word != packed)
            Volatile.Write(ref word, packed);
    }

    /// <summary>What was said of the thread's stack; null where nothing was.</summary>
    internal Address? Of(ThreadId thread)
    {
        ulong word = Volatile.Read(ref WordOf(thread));
        return word != 0 && (word & ((1UL << RecordLimits.LW_STACK_TOP_TAG) - 1)) == Tag(thread) ? new Address(word >> RecordLimits.LW_STACK_TOP_TAG << 4) : null;
    }

    private ref ulong WordOf(ThreadId thread) => ref words[thread.Value % RecordLimits.LW_STACK_TOPS];

    private static ulong Pack(ThreadId thread, Address top) => ((top.Value + Slack + 15) >> 4 << RecordLimits.LW_STACK_TOP_TAG) | Tag(thread);

    private static ulong Tag(ThreadId thread) => (ulong)(thread.Value / RecordLimits.LW_STACK_TOPS);
}
