// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Remembers each thread's pointer to itself, fs_base or gs_base: a thread sets it once, but its number may come back as another thread's.</summary>
internal sealed class ThreadPointers(Func<ThreadId, Address?>? read)
{
    private const int Limit = 16384;

    private readonly Dictionary<ThreadId, ulong?> _known = [];

    public ulong? Of(ThreadId thread)
    {
        if (read is null)
        {
            return null;
        }

        return _known.TryGetValue(thread, out ulong? pointer) ? pointer : Refresh(thread);
    }

    /// <summary>Reads it again; for when what is remembered proves nothing.</summary>
    public ulong? Refresh(ThreadId thread)
    {
        if (_known.Count >= Limit)
        {
            _known.Clear();
        }

        ulong? pointer = read?.Invoke(thread)?.Value;
        _known[thread] = pointer;
        return pointer;
    }
}
