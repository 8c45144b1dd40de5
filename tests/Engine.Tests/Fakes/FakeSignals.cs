// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Takes down what would be sent.</summary>
internal sealed class FakeSignals : ISignals
{
    internal List<(int Process, int? Thread, int Signal)> Sent { get; } = [];

    /// <summary>What sending ends with; null: it is sent.</summary>
    internal string? Error { get; set; }

    public string? Send(ProcessId process, ThreadId? thread, int signal)
    {
        Sent.Add((process.Value, thread?.Value, signal));
        return Error;
    }
}
