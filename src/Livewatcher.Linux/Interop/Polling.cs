// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Linux.Interop;

/// <summary>For what tells nobody when it has changed: looks again every millisecond.</summary>
internal static class Polling
{
    /// <returns>False where the condition has not come true in time.</returns>
    internal static bool Until(Func<bool> condition, TimeSpan atMost)
    {
        long start = Environment.TickCount64;
        while (!condition())
        {
            if (Environment.TickCount64 - start > atMost.TotalMilliseconds)
                return false;
            Thread.Sleep(1);
        }

        return true;
    }
}
