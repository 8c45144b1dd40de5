// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Sends signals to watched processes from here.</summary>
public interface ISignals
{
    /// <param name="process">One that is known; another one that has got its number is left alone.</param>
    /// <param name="thread">To this thread of it; null: to the process.</param>
    /// <param name="signal">Of signal(7).</param>
    /// <returns>errno(3) by name; null where it is sent.</returns>
    string? Send(ProcessId process, ThreadId? thread, int signal);
}
