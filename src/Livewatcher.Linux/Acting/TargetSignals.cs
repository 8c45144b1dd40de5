// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Acting;

/// <summary>Signals to processes that are known by their descriptors.</summary>
public sealed class TargetSignals(ProcessLives lives) : ISignals
{
    public string? Send(ProcessId process, ThreadId? thread, int signal) =>
        process.Value is 1 || process.Value == Environment.ProcessId
            ? "neither process 1 nor livewatcher itself is sent a signal"
            : lives.Signal(process, thread, signal) is not 0 and var errno ? Errno.Describe(errno) : null;
}
