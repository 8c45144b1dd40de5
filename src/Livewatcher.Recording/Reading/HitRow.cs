// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Recording.Reading;

/// <summary>A row of the hits as it was read. A hit is made of it by whoever takes it, where another thread reads ahead: that one has the more to do.</summary>
internal sealed class HitRow
{
    internal required long Sequence { get; init; }

    internal required DateTimeOffset Time { get; init; }

    internal DateTimeOffset? EscapedSince { get; init; }

    /// <summary>These are numbers of <see cref="StoredNames"/>.</summary>
    internal required long Watch { get; init; }

    internal required long Thread { get; init; }

    internal required long Stack { get; init; }

    internal long? Instruction { get; init; }

    internal long? SetAt { get; init; }

    internal required Address Address { get; init; }

    internal required RowValue Old { get; init; }

    internal required RowValue New { get; init; }

    internal bool? Changed { get; init; }

    internal int? Cpu { get; init; }

    internal HitOrigin Origin { get; init; }

    internal string? SystemCall { get; init; }

    internal required int Merged { get; init; }

    internal bool Recovered { get; init; }

    internal bool Undecided { get; init; }

    internal bool Unsure { get; init; }

    internal IReadOnlyList<ActionOutcome> Actions { get; set; } = [];

    /// <exception cref="Format.DamagedException">It names what is not there.</exception>
    internal Hit ToHit(StoredNames names, NewestValues values)
    {
        (ProcessId process, ThreadId? thread, string? name) = names.Thread(Thread);
        return new Hit
        {
            Sequence = Sequence,
            Time = Time,
            EscapedSince = EscapedSince,
            Watch = names.Watch(Watch),
            Address = Address,
            Old = values.Of(Old),
            New = values.Of(New),
            Changed = Changed,
            Process = process,
            Thread = thread,
            ThreadName = name,
            Cpu = Cpu,
            Origin = Origin,
            SystemCall = SystemCall,
            Merged = Merged,
            Recovered = Recovered,
            Instruction = names.Instruction(Instruction),
            Stack = names.Stack(Stack),
            SetAt = names.Stack(SetAt),
            Undecided = Undecided,
            Unsure = Unsure,
            Actions = Actions,
        };
    }
}
