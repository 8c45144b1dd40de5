// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Filtering;

/// <summary>The target's memory for conditions that are decided here, some milliseconds after their hits: what can be read no more, because
/// the process has ended meanwhile, is what it was when it was last read.</summary>
internal sealed class RememberedMemory(ITargetMemory memory) : ITargetMemory
{
    private const int MostRemembered = 4096;

    private readonly Dictionary<(Address Address, int Length), byte[]> remembered = [];

    /// <summary>Reads everything once that a condition may ask for, whichever way it will go.</summary>
    internal void Learn(Condition condition)
    {
        List<ConditionStep> steps = [.. condition.Steps.Where(step => step.Operation is not (ConditionOperation.SkipIfZero or ConditionOperation.SkipUnlessZero))];
        ConditionInput input = new(0, 0, 0, 0, 0, 0, "", this);
        for (int i = 0; i < steps.Count; i++)
        {
            // Up to each place of its own: what leads nowhere now ends the way there only.
            if (steps[i].Operation == ConditionOperation.Load)
                ConditionMachine.Evaluate(new Condition(condition.Text, [.. steps.Take(i + 1).SkipWhile((step, at) => at < i && step.To != steps[i].A)]), input);
        }
    }

    public bool TryRead(Address address, Span<byte> buffer)
    {
        if (memory.TryRead(address, buffer))
        {
            if (remembered.Count < MostRemembered || remembered.ContainsKey((address, buffer.Length)))
                remembered[(address, buffer.Length)] = buffer.ToArray();
            return true;
        }

        if (!remembered.TryGetValue((address, buffer.Length), out byte[]? last))
            return false;
        last.CopyTo(buffer);
        return true;
    }
}
