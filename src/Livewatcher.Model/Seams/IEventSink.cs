// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Where events go: terminal, JSON lines. Called by one thread.</summary>
public interface IEventSink
{
    void Publish(WatchEvent watchEvent);
}
