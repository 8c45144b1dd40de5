// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Naming;

/// <summary>Call stacks by the frames they consist of, and by why they end. Unwinding comes first and is cheap; so
/// two stacks are the same only if every frame is, and nothing is guessed from a hash.</summary>
internal sealed class StackCache
{
    /// <summary>More distinct stacks than a report can show; bounds the memory of a run that has more.</summary>
    private const int MaxRemembered = 1 << 14;

    private readonly Dictionary<Key, CallStack> _stacks = new(new KeyComparer());

    public bool TryGet(ReadOnlySpan<PhysicalFrame> frames, StackEnd end, out CallStack? stack) =>
        _stacks.GetAlternateLookup<KeySpan>().TryGetValue(new KeySpan(frames, end), out stack);

    public void Add(ReadOnlySpan<PhysicalFrame> frames, StackEnd end, CallStack stack)
    {
        if (_stacks.Count >= MaxRemembered)
        {
            _stacks.Clear();
        }

        _stacks[new Key(frames.ToArray(), end)] = stack;
    }

    public void Clear() => _stacks.Clear();

    private readonly record struct Key(PhysicalFrame[] Frames, StackEnd End);

    private readonly ref struct KeySpan(ReadOnlySpan<PhysicalFrame> frames, StackEnd end)
    {
        public readonly ReadOnlySpan<PhysicalFrame> Frames = frames;

        public readonly StackEnd End = end;
    }

    private sealed class KeyComparer : IEqualityComparer<Key>, IAlternateEqualityComparer<KeySpan, Key>
    {
        public bool Equals(Key x, Key y) => x.End == y.End && x.Frames.AsSpan().SequenceEqual(y.Frames);

        public int GetHashCode(Key key) => Hash(key.Frames, key.End);

        public bool Equals(KeySpan alternate, Key other) =>
            alternate.End == other.End && alternate.Frames.SequenceEqual(other.Frames);

        public int GetHashCode(KeySpan alternate) => Hash(alternate.Frames, alternate.End);

        public Key Create(KeySpan alternate) => new(alternate.Frames.ToArray(), alternate.End);

        private static int Hash(ReadOnlySpan<PhysicalFrame> frames, StackEnd end)
        {
            var hash = ((ulong)end.Kind << 56) ^ end.Detail;
            foreach (var frame in frames)
            {
                hash = (hash ^ frame.Pc ^ ((ulong)frame.Kind << 56)) * 0x9e3779b97f4a7c15;
            }

            return (int)(hash >> 32);
        }
    }
}
