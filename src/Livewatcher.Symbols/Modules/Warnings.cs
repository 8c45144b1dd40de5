// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Modules;

/// <summary>What the user should know, each said once.</summary>
internal sealed class Warnings
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    private readonly List<string> _pending = [];

    public void Add(string text)
    {
        if (_said.Add(text))
        {
            _pending.Add(text);
        }
    }

    public IReadOnlyList<string> Take()
    {
        if (_pending.Count == 0)
        {
            return [];
        }

        string[] taken = [.. _pending];
        _pending.Clear();
        return taken;
    }
}
