// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Model;

namespace Livewatcher.Agent.Serving;

/// <summary>Finds the connection that speaks for a process, for orders to arm by signal.</summary>
/// <param name="patience">How long a program may take to say that it is ready.</param>
public sealed class SelfArmingDesk(TimeSpan patience) : ISelfArming
{
    private const int ENOTCONN = 107;

    private readonly ConcurrentDictionary<ProcessId, SelfArmingLink> links = [];

    public int Sender { get; internal set; }

    public int Prepare(ProcessId process, SelfArmingOrder order, int? program) =>
        links.TryGetValue(process, out SelfArmingLink? link) ? link.Prepare(order, program, patience) : ENOTCONN;

    public SelfArmed? Take(ProcessId process, TimeSpan atMost) => links.TryGetValue(process, out SelfArmingLink? link) ? link.Take(atMost) : null;

    public void Finish(ProcessId process)
    {
        if (links.TryGetValue(process, out SelfArmingLink? link))
            link.Finish();
    }

    /// <summary>The latest connection of a process is the one that has its library behind it.</summary>
    internal void Join(ProcessId process, SelfArmingLink link) => links[process] = link;

    internal void Leave(ProcessId process, SelfArmingLink link)
    {
        link.End();
        links.TryRemove(new KeyValuePair<ProcessId, SelfArmingLink>(process, link));
    }
}
