// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Livewatcher.Linux.Guard;

/// <summary>What one thread puts in and others take out, in its order. Who waits sleeps at once: a BlockingCollection spins first, which costs
/// seconds where a processor is emulated, and takes time from the target elsewhere.</summary>
internal sealed class Mailbox<T>
{
    private readonly Queue<T> letters = [];
    private bool isClosed;

    internal void Add(T letter)
    {
        lock (letters)
        {
            letters.Enqueue(letter);
            Monitor.Pulse(letters);
        }
    }

    /// <summary>Nothing more comes: whoever waits goes on at once.</summary>
    internal void Close()
    {
        lock (letters)
        {
            isClosed = true;
            Monitor.PulseAll(letters);
        }
    }

    /// <summary>The next one; false where none comes in time.</summary>
    internal bool TryTake([MaybeNullWhen(false)] out T letter, TimeSpan atMost)
    {
        long since = Stopwatch.GetTimestamp();
        lock (letters)
        {
            while (letters.Count == 0 && !isClosed)
            {
                TimeSpan left = atMost - Stopwatch.GetElapsedTime(since);
                if (left <= TimeSpan.Zero || !Monitor.Wait(letters, left))
                    break;
            }

            return letters.TryDequeue(out letter);
        }
    }
}
