// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Which hit showed a stack first. Bounded: when full it forgets all, and stacks are shown again.</summary>
internal sealed class StackMemory
{
    private const int Limit = 4096;

    private readonly Dictionary<CallStack, long> _first = new(SameLines.Instance);

    /// <summary>The hit that showed an equal stack, or null and this hit is remembered as the first.</summary>
    public long? Recall(CallStack stack, long sequence)
    {
        if (_first.TryGetValue(stack, out var first))
        {
            return first;
        }

        if (_first.Count == Limit)
        {
            _first.Clear();
        }

        _first.Add(stack, sequence);
        return null;
    }

    /// <summary>Stacks are equal where every line reads the same.</summary>
    private sealed class SameLines : IEqualityComparer<CallStack>
    {
        public static SameLines Instance { get; } = new();

        public bool Equals(CallStack? x, CallStack? y)
        {
            if (ReferenceEquals(x, y))
            {
                return true;
            }

            if (x is null || y is null || x.Frames.Count != y.Frames.Count || x.CutShort != y.CutShort)
            {
                return false;
            }

            for (var i = 0; i < x.Frames.Count; i++)
            {
                if (!ReferenceEquals(x.Frames[i], y.Frames[i]) && x.Frames[i] != y.Frames[i])
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(CallStack stack)
        {
            var hash = default(HashCode);
            foreach (var frame in stack.Frames)
            {
                hash.Add(frame.Address.Value);
                hash.Add(frame.Line);
            }

            return hash.ToHashCode();
        }
    }
}
