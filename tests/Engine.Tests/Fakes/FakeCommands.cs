// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Takes down what would be started, as far as there is room.</summary>
internal sealed class FakeCommands : IHitCommands
{
    internal List<(string Command, Hit Hit)> Started { get; } = [];

    internal int Room { get; set; } = int.MaxValue;

    public CommandStart Run(string command, Hit hit)
    {
        if (Started.Count >= Room)
            return new CommandStart(null, null);
        Started.Add((command, hit));
        return new CommandStart(1000 + Started.Count, null);
    }
}
