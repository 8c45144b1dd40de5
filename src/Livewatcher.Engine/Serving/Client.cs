// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;

namespace Livewatcher.Engine.Serving;

/// <summary>A watch that a program has set on itself.</summary>
/// <param name="Number">liblivewatcher's number, 0 to 3.</param>
/// <param name="Slot">The debug register.</param>
/// <param name="Armed">What is armed.</param>
internal sealed record ClientWatch(int Number, int Slot, ArmedWatch Armed);

/// <summary>One process that is served.</summary>
internal sealed class Client(WatchedProcess process, string name, bool guarded, bool wantsHandler)
{
    internal WatchedProcess Process { get; } = process;

    internal string Name { get; } = name;

    /// <summary>The guard has it.</summary>
    internal bool Guarded { get; } = guarded;

    /// <summary>The guard should have it and has not: its own library must swallow stray SIGTRAPs.</summary>
    internal bool WantsHandler { get; } = wantsHandler;

    /// <summary>The one that speaks for it; 0 where none does.</summary>
    internal long Connection { get; set; }

    internal bool Connected => Connection != 0;

    /// <summary>Chosen by the program for its own hits; null takes what the listener has.</summary>
    internal int? RecordWatcher { get; set; }

    /// <summary>The same.</summary>
    internal bool? IgnoreTrap { get; set; }

    /// <summary>By liblivewatcher's number.</summary>
    internal Dictionary<int, ClientWatch> Watches { get; } = [];

    /// <summary>Sets that wait for a debug register whose last hits are still on their way.</summary>
    internal Queue<(ClientRequest.Set Request, CapturedStack? Caller, Action<int> Answer)> Waiting { get; } = new();

    internal long Armings { get; set; }

    /// <summary>A setting of the listener is changed for everybody.</summary>
    internal void Forget(string setting)
    {
        if (setting == ListenSettings.RecordWatcherName)
            RecordWatcher = null;
        else if (setting == ListenSettings.IgnoreTrapName)
            IgnoreTrap = null;
    }

    internal long Hits { get; set; }
}
