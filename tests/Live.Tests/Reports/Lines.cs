// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.Json;

namespace Livewatcher.Live.Tests.Reports;

/// <summary>The lines of docs/json.md, as far as tests look at them. What is absent is null.</summary>
internal sealed record SlotLine(string Address, int Length);

internal sealed record ArmedLine(
    string Time, string Watch, string Address, int Length, string Access, string? ValueType, IReadOnlyList<SlotLine> Slots, JsonElement? Value,
    string? Resolution, int Pid, string Backend, string Scope, bool Guard, int Threads, int Cpus);

internal sealed record FrameLine(string Address, string? Module, string? Function, string? File, int Line, bool Inlined)
{
    public string? FileName => Path.GetFileName(File);
}

internal sealed record InstructionLine(string Address, string Text, bool Proven);

internal sealed record HitLine(
    long Seq, string Time, string Watch, string Address, string Access, JsonElement? Old, JsonElement? New, bool? Changed, int Pid, int? Tid,
    string? Thread, int? Cpu, string? Origin, string? Syscall, int Merged, bool Recovered, bool Escaped, string? Since,
    InstructionLine? Instruction, IReadOnlyList<FrameLine> Stack, string? StackCut, StackLine? SetAt)
{
    /// <summary>The watch's condition could not be decided at this hit.</summary>
    public bool Undecided { get; init; }

    /// <summary>Perhaps it is a neighbour's, which shares the debug register.</summary>
    public bool Unsure { get; init; }

    public IReadOnlyList<ActionLine> Actions { get; init; } = [];

    public DateTimeOffset Moment => DateTimeOffset.Parse(Time, CultureInfo.InvariantCulture);

    public long OldNumber => Old is { } value ? value.GetInt64() : throw new InvalidDataException($"hit {Seq} has no old value");

    public long NewNumber => New is { } value ? value.GetInt64() : throw new InvalidDataException($"hit {Seq} has no new value");

    public override string ToString() =>
        $"#{Seq} {Watch} {Old} -> {New}, {Thread} {Tid}, {Syscall ?? Instruction?.Text}{(Recovered ? ", recovered" : "")}{(Escaped ? ", escaped" : "")}, at "
        + string.Join(" < ", Stack.Select(frame => $"{frame.Function} {frame.FileName}:{frame.Line}{(frame.Inlined ? " inlined" : "")}"))
        + (StackCut is null ? "" : $" | {StackCut}");
}

internal sealed record ActionLine(string Action, string? Signal, bool Done, bool AtHit, long? DelayUs, string? Failure, string? Next)
{
    public bool Skipped { get; init; }

    public string? File { get; init; }

    public IReadOnlyList<SnapshotLine> Snapshot { get; init; } = [];
}

internal sealed record SnapshotLine(string Expression, string? Address, JsonElement? Value, string? Failure, string? From, string? Bytes);

internal sealed record ActionTallyLine(string Watch, string Action, long AtHit, long Afterwards, long Failed, string? Failure, long Skipped);

internal sealed record StackLine(IReadOnlyList<FrameLine> Stack, string? StackCut);

internal sealed record MessageLine(string Time, string Kind, string Text, int Pid, int? Tid, string? Thread, IReadOnlyList<FrameLine>? Stack);

internal sealed record RegistersLine(string Time, int Pid, string Source, IReadOnlyDictionary<string, string> Registers, IReadOnlyList<FrameLine> Stack);

internal sealed record NoteLine(string Time, string Level, string Text)
{
    public DateTimeOffset Moment => DateTimeOffset.Parse(Time, CultureInfo.InvariantCulture);
}

internal sealed record WriterLine(
    int Rank, string Watch, string Access, long Count, long Changes, string First, string Last, IReadOnlyList<string> Threads, int ThreadCount,
    IReadOnlyList<JsonElement> Values, int ValueCount, string? Reason, string? Syscall, InstructionLine? Instruction,
    IReadOnlyList<FrameLine> Stack, string? StackCut);

internal sealed record HitsAccount(
    long Counted, long Recorded, long Filtered, long Dropped, long Throttled, long Recovered, long Escaped, long Foreign, long Merged,
    long Shared, long Spurious, long Withheld, long Reported, long Skipped, long Beside);

internal sealed record StretchLine(string Watch, int Pid, string From, string To, long Hits, bool Paused)
{
    public TimeSpan Length => DateTimeOffset.Parse(To, CultureInfo.InvariantCulture) - DateTimeOffset.Parse(From, CultureInfo.InvariantCulture);
}

internal sealed record CoverageLine(
    string? From, string To, string Why, string Backend, string Scope, bool Guard, HitsAccount Hits, int Threads, int Processes, int Cpus,
    long StacksCut, bool Complete, IReadOnlyList<string> Gaps, IReadOnlyList<StretchLine> Skipped, IReadOnlyList<string> Remarks)
{
    public IReadOnlyList<ActionTallyLine> Actions { get; init; } = [];

    public IReadOnlyList<ArisingLine> Arisings { get; init; } = [];

    public IReadOnlyList<TurnLine> Turns { get; init; } = [];

    public IReadOnlyList<SharingLine> Sharings { get; init; } = [];
}

internal sealed record SharingLine(IReadOnlyList<string> Watches, string Address, int Length, string Access, long Beside, long Unsure);

internal sealed record TurnLine(string Watch, double ArmedSeconds, double OfSeconds, double Share, int Turns, long Counted, long ChangedUnarmed);

internal sealed record ArisingLine(string Watch, long Candidates, long Armed, long Skipped, long Failed, long Displaced, long Ended, long StillArmed);
