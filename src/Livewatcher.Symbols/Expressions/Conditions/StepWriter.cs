// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>Collects a condition's steps, and keeps their number in bounds.</summary>
internal sealed class StepWriter
{
    private readonly List<ConditionStep> _steps = [];

    internal IReadOnlyList<ConditionStep> Steps => _steps;

    internal void Add(ConditionOperation operation, int to, int a = 0, uint extra = 0, ulong value = 0) =>
        Append(new(operation, (byte)to, (byte)a, 0, extra, value));

    /// <summary>to = a (operation) b.</summary>
    internal void Combine(ConditionOperation operation, int to, int a, int b) => Append(new(operation, (byte)to, (byte)a, (byte)b));

    /// <summary>to = to (operation) value.</summary>
    internal void CombineWith(ConditionOperation operation, int to, ulong value) =>
        Append(new(operation, (byte)to, (byte)to, ConditionStep.Immediate, 0, value));

    /// <summary>A skip, whose length <see cref="EndSkip"/> fills in.</summary>
    internal int BeginSkip(ConditionOperation operation, int register)
    {
        Append(new(operation, 0, (byte)register));
        return _steps.Count - 1;
    }

    internal void EndSkip(int at) => _steps[at] = _steps[at] with { Extra = (uint)(_steps.Count - at - 1) };

    internal static void CheckRegister(int register)
    {
        if (register + 1 >= Condition.Registers)
        {
            throw new RefusalException("the condition is nested too deeply to be decided at a hit");
        }
    }

    private void Append(ConditionStep step)
    {
        if (_steps.Count == Condition.MaximumSteps)
        {
            throw new RefusalException($"the condition is too long to be decided at a hit: it would take more than {Condition.MaximumSteps} steps");
        }

        _steps.Add(step);
    }
}
