// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>The kernel side of watches that arm themselves: what it is told, and an account of the test's making.</summary>
internal sealed class FakeArisings(FakeMachine machine) : IArisings
{
    internal IReadOnlyList<(ArisingPlan Plan, IReadOnlyList<int> Slots)> Begun { get; private set; } = [];

    internal bool Ended { get; private set; }

    internal List<(int Slot, ulong Frame)> Disowned { get; } = [];

    internal ArisingTally Tally { get; set; } = new("", 0, 0, 0, 0, 0, 0);

    public void Begin(ITargetProcess process, IReadOnlyList<(ArisingPlan Plan, IReadOnlyList<int> Slots)> watches) => Begun = watches;

    public void End()
    {
        Ended = true;
        machine.Arming.Calls.Add("probes out");
    }

    public void Disown(int slot, ulong frame) => Disowned.Add((slot, frame));

    public ArisingTally Read(int number, string label) => Tally with { Watch = label };

    /// <summary>Memory comes to life.</summary>
    internal void Arise(int slot, ulong address, ulong frame, int thread = FakeMachine.Root)
    {
        lock (machine.Gate)
        {
            machine.Arming.Move(FakeMachine.Root, slot, new Address(address));
            RawHit at = machine.Raw(new StoreAct { Thread = thread, Rip = 0x405000 }, slot, new Address(address), frame, null);
            machine.Source.Put(receiver => receiver.OnArisen(at, isFreed: false));
        }
    }
}
