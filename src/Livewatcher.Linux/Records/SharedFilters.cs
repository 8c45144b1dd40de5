// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Numerics;
using Livewatcher.Model;

namespace Livewatcher.Linux.Records;

/// <summary>Conditions and filtered code, in arrays that the BPF program, or the guard, reads while they are written. Whatever finds no
/// room there is not filtered at the hit: it comes, and is decided by whoever takes it. One thread at a time.</summary>
internal sealed unsafe class SharedFilters(ConditionRecord* conditions, RangeRecord* ranges)
{
    private const int SmallestList = 64;

    /// <summary>Index 0 is "none".</summary>
    private uint nextCondition = 1;

    /// <summary>A list of no ranges is the word 0, so index 0 may hold one.</summary>
    private uint nextRange;

    /// <summary>By the objects themselves: a watch that is armed again goes on with its count, and with the list of its writers.</summary>
    private readonly Dictionary<Condition, uint> indices = new(ReferenceEqualityComparer.Instance);

    private readonly Dictionary<object, ulong> lists = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gives a slot a condition, or takes it away.</summary>
    /// <returns>False where it has none afterwards.</returns>
    internal bool Set(SlotState* state, Condition? condition)
    {
        uint index = condition is null || state == null ? 0 : indices.TryGetValue(condition, out uint had) ? had : Add(condition);
        if (state != null)
            Volatile.Write(ref state->Condition, index);
        return index > 0;
    }

    /// <summary>Whether a slot that is given this condition will have it.</summary>
    internal bool HasRoom(Condition condition) =>
        indices.ContainsKey(condition) || (nextCondition < RecordLimits.LW_CONDITIONS && condition.Steps.Count <= RecordLimits.LW_CONDITION_STEPS);

    /// <summary>Null where the slot has no condition.</summary>
    internal long? Count(SlotState* state) =>
        state != null && state->Condition is > 0 and < RecordLimits.LW_CONDITIONS and var index ? (long)Volatile.Read(ref conditions[index].Count) : null;

    internal void Filter(SlotState* state, IReadOnlyList<(Address Start, Address End)> code)
    {
        if (state == null)
            return;
        ulong before = Volatile.Read(ref state->Ranges);
        ulong word = code.Count == 0 ? 0 : Write(before == 0 ? lists.GetValueOrDefault(code) : before, code);
        if (word != 0)
            lists[code] = word;
        Volatile.Write(ref state->Ranges, word);
    }

    /// <summary>A list for somebody else than a slot; its word, 0 where there is no room for it.</summary>
    internal ulong List(IReadOnlyList<(Address Start, Address End)> code) => Write(0, code);

    /// <summary>Takes a condition in; 0 where there is no room.</summary>
    private uint Add(Condition condition)
    {
        if (nextCondition == RecordLimits.LW_CONDITIONS || condition.Steps.Count > RecordLimits.LW_CONDITION_STEPS)
            return 0;
        ConditionRecord* record = conditions + nextCondition;
        for (int i = 0; i < condition.Steps.Count; i++)
        {
            ConditionStep step = condition.Steps[i];
            record->Steps[i] = new ConditionStepRecord
            {
                Op = (byte)step.Operation, To = step.To, A = step.A, B = step.B, Extra = step.Extra, Value = step.Value,
            };
        }

        record->Flags = condition.UsesValues ? ConditionFlags.LW_CONDITION_VALUES : ConditionFlags.None;
        Volatile.Write(ref record->Length, (uint)condition.Steps.Count);
        return indices[condition] = nextCondition++;
    }

    /// <summary>Puts a list where a slot can name it.</summary>
    /// <param name="known">The word of the slot's list so far; it is written over where the new one fits there.</param>
    /// <param name="code">In order, without overlaps; what is beyond LW_RANGES_MOST is left out.</param>
    /// <returns>The slot's word from now on.</returns>
    private ulong Write(ulong known, IReadOnlyList<(Address Start, Address End)> code)
    {
        int count = Math.Min(code.Count, RecordLimits.LW_RANGES_MOST);
        int held = (int)(known >> 32);
        uint first = (uint)known;
        if (held == 0 || count > Room(held))
        {
            if (nextRange + Room(count) > RecordLimits.LW_RANGES)
                return known;
            first = nextRange;
            nextRange += (uint)Room(count);
        }

        // From the end on: the program may be searching. An entry whose end is 0 holds nothing, so at worst a hit is not filtered here.
        for (int i = count - 1; i >= 0; i--)
        {
            RangeRecord* range = ranges + first + i;
            if (range->Start == code[i].Start.Value && range->End == code[i].End.Value)
                continue;
            Volatile.Write(ref range->End, 0);
            Volatile.Write(ref range->Start, code[i].Start.Value);
            Volatile.Write(ref range->End, code[i].End.Value);
        }

        return ((ulong)count << 32) | first;
    }

    /// <summary>Lists grow in place as long as they are shorter than the next power of two.</summary>
    private static int Room(int count) => Math.Max(SmallestList, (int)BitOperations.RoundUpToPowerOf2((uint)count));
}
