// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;

namespace Livewatcher.Live.Tests.Processes;

/// <summary>Waiting with a limit. What does not come in time is a failure that says what was waited for.</summary>
internal static class Patience
{
    private const int PollMilliseconds = 2;

    public static Task PauseAsync(int milliseconds) => Task.Delay(milliseconds);

    public static async Task UntilAsync(Func<bool> condition, TimeSpan limit, Func<string> otherwise, int pause = PollMilliseconds)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > limit)
            {
                throw new TimeoutException($"Not after {limit.TotalSeconds} s: {otherwise()}");
            }

            await Task.Delay(pause);
        }
    }
}
