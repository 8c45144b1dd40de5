// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;

namespace Livewatcher.Bench.Measuring;

/// <summary>What whoever waits is told, on standard error, with the seconds since the first word.</summary>
public static class Progress
{
    private static readonly Stopwatch Watch = Stopwatch.StartNew();

    public static void Say(string text) => Console.Error.WriteLine($"{Watch.Elapsed.TotalSeconds,5:0} s  {text}");
}
