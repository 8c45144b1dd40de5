// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Livewatcher.Recording.Reading;

/// <summary>A sequence that a thread of its own makes, a little ahead of who takes it: reading rows and tallying them cost about the same.</summary>
internal static class ReadAhead
{
    private const int Most = 8;

    /// <param name="source">Enumerated by one thread at a time, and by none any more when the result has been disposed of.</param>
    /// <returns>The same items in the same order; each wants to be worth handing over. Throws what the source throws, behind what that has yielded before.</returns>
    internal static IEnumerable<T> Of<T>(IEnumerable<T> source)
    {
        using BlockingCollection<T> ready = new(Most);
        using CancellationTokenSource left = new();
        ExceptionDispatchInfo? failure = null;
        Thread reader = new(() => failure = Read(source, ready, left.Token)) { Name = "reader", IsBackground = true };
        reader.Start();
        try
        {
            foreach (T item in ready.GetConsumingEnumerable())
                yield return item;
            reader.Join();
            failure?.Throw();
        }
        finally
        {
            left.Cancel();
            reader.Join();
        }
    }

    /// <returns>What the source has thrown; null where nothing was thrown, or where nobody takes items any more.</returns>
    private static ExceptionDispatchInfo? Read<T>(IEnumerable<T> source, BlockingCollection<T> ready, CancellationToken left)
    {
        try
        {
            foreach (T item in source)
                ready.Add(item, left);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null; // nobody takes it any more
        }
        catch (Exception e)
        {
            return ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            ready.CompleteAdding();
        }
    }
}
