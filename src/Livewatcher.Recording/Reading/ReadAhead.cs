// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Livewatcher.Recording.Reading;

/// <summary>A sequence that a thread of its own makes, a little ahead of who takes it: reading rows and tallying them cost about the same.</summary>
internal static class ReadAhead
{
    private const int Batch = 512;
    private const int MostBatches = 4;

    /// <param name="source">Enumerated by one thread at a time, and by none any more when the result has been disposed of.</param>
    /// <returns>The same items in the same order. Throws what the source throws, behind what that has yielded before.</returns>
    internal static IEnumerable<T> Of<T>(IEnumerable<T> source)
    {
        using BlockingCollection<List<T>> batches = new(MostBatches);
        using CancellationTokenSource left = new();
        ExceptionDispatchInfo? failure = null;
        Thread reader = new(() => failure = Read(source, batches, left.Token)) { Name = "reader", IsBackground = true };
        reader.Start();
        try
        {
            foreach (List<T> batch in batches.GetConsumingEnumerable())
            {
                foreach (T item in batch)
                    yield return item;
            }

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
    private static ExceptionDispatchInfo? Read<T>(IEnumerable<T> source, BlockingCollection<List<T>> batches, CancellationToken left)
    {
        ExceptionDispatchInfo? failure = null;
        List<T> batch = new(Batch);
        try
        {
            try
            {
                foreach (T item in source)
                {
                    batch.Add(item);
                    if (batch.Count < Batch)
                        continue;
                    batches.Add(batch, left);
                    batch = new List<T>(Batch);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }

            batches.Add(batch, left);
        }
        catch (OperationCanceledException)
        {
            // nobody takes it any more
        }
        finally
        {
            batches.CompleteAdding();
        }

        return failure;
    }
}
