// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Expressions.Evaluation;

/// <summary>How an address came about: what was read on the way and what was chosen.</summary>
internal sealed class Trail
{
    private readonly List<string> _steps = [];

    internal void Add(string? step)
    {
        if (step is not null && !_steps.Contains(step))
        {
            _steps.Add(step);
        }
    }

    /// <summary>Null where the expression names its object directly.</summary>
    internal string? End(string last)
    {
        if (_steps.Count == 0)
        {
            return null;
        }

        Add(last);
        return string.Join("; ", _steps);
    }
}
