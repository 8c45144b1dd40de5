// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Reports;
using Xunit;

[assembly: AssemblyFixture(typeof(Tally))]

namespace Livewatcher.Live.Tests.Reports;

/// <summary>How many of all runs came out complete. Now and then a virtual machine's registers fail; more often than that, it
/// would be our fault.</summary>
public sealed class Tally : IDisposable
{
    private const int FewestIncomplete = 3;
    private const double LargestShare = 0.10;

    private static readonly Lock Guard = new();
    private static readonly List<string> Incomplete = [];
    private static int _runs;

    /// <param name="gaps">Empty where the run was complete.</param>
    internal static void Add(string gaps)
    {
        lock (Guard)
        {
            _runs++;
            if (gaps.Length > 0)
            {
                Incomplete.Add($"{TestContext.Current.Test?.TestDisplayName}: {gaps}");
            }
        }
    }

    /// <summary>Called by the test framework when the last test is over.</summary>
    public void Dispose()
    {
        Console.WriteLine($"Live: {_runs} runs compared with the program's own count, {_runs - Incomplete.Count} complete.");
        foreach (var line in Incomplete)
        {
            Console.WriteLine($"Live: not complete: {line}");
        }

        if (Incomplete.Count >= FewestIncomplete && Incomplete.Count > LargestShare * _runs)
        {
            throw new InvalidOperationException($"{Incomplete.Count} of {_runs} runs were not complete: more than now and then.");
        }
    }
}
