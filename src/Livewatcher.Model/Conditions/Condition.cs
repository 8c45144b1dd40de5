// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What a hit must satisfy to be reported, compiled. It holds where register 0 is not 0 behind the last step; where a step
/// cannot be done (a value that is not known, memory that cannot be read, a division by 0) it is undecided, and the hit is
/// reported and says so. The same steps run in the kernel (bpf/condition.bpf.h) and in <see cref="ConditionMachine"/>.</summary>
/// <param name="Text">As written.</param>
/// <param name="Steps">At most <see cref="MaximumSteps"/>.</param>
public sealed record Condition(string Text, IReadOnlyList<ConditionStep> Steps)
{
    /// <summary>LW_CONDITION_STEPS.</summary>
    public const int MaximumSteps = 64;

    /// <summary>LW_CONDITION_REGISTERS.</summary>
    public const int Registers = 16;

    /// <summary>Asks for the old or the new value.</summary>
    public bool UsesValues => Uses(ConditionVariable.New) || Uses(ConditionVariable.Old);

    public bool Uses(ConditionVariable variable) =>
        Steps.Any(step => step.Operation == ConditionOperation.Variable && step.Extra == (uint)variable);
}

/// <summary>What became of a condition at one hit.</summary>
public enum Verdict
{
    Fails,
    Holds,

    /// <summary>It could not be evaluated.</summary>
    Undecided,
}
