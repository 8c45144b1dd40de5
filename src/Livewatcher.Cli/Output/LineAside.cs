// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Cli.Output;

/// <summary>What is published on the same terminal does not stand behind the line of progress.</summary>
internal sealed class LineAside(IEventSink inner, ProgressLine line) : IEventSink
{
    public void Publish(WatchEvent watchEvent)
    {
        line.Clear();
        inner.Publish(watchEvent);
    }
}
