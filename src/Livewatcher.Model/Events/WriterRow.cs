// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>A row of the closing table: one distinct writer, that is one stack of frames on one watch.</summary>
/// <param name="Rank">From 1, most suspicious first.</param>
/// <param name="Watch">The watch.</param>
/// <param name="Access">Word for the kind of access.</param>
/// <param name="Count">Hits.</param>
/// <param name="Changes">Hits that changed the value.</param>
/// <param name="First">Time of the first hit.</param>
/// <param name="Last">Time of the last hit.</param>
/// <param name="Threads">"name (tid)" of each thread, at most 8.</param>
/// <param name="ThreadCount">Distinct threads.</param>
/// <param name="Values">Distinct values written, in order of appearance, at most 8.</param>
/// <param name="ValueCount">Distinct values seen, counted up to a bound.</param>
/// <param name="Instruction">The instruction; null where unknown.</param>
/// <param name="SystemCall">Name of the system call; null for user code.</param>
/// <param name="Stack">The stack of the writer's first hit.</param>
/// <param name="Reason">Why it ranks where it does, as a phrase: "only writer of 0", "1 of 4,001 hits".</param>
public sealed record WriterRow(
    int Rank, Watch Watch, string Access, long Count, long Changes, DateTimeOffset First, DateTimeOffset Last,
    IReadOnlyList<string> Threads, int ThreadCount, IReadOnlyList<Value> Values, int ValueCount,
    Instruction? Instruction, string? SystemCall, CallStack Stack, string? Reason) : WatchEvent;
