// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Arms watches on memory at the moment at which it comes to life, and disarms them when it dies, by probes in the program's code. The slots
/// that it uses are armed beforehand, on memory that nobody writes to. Notices come through <see cref="IHitReceiver.OnArisen"/>.</summary>
public interface IArisings
{
    /// <summary>Puts the probes in. Until it returns none of the watches is armed on anything.</summary>
    /// <param name="process">Whose code.</param>
    /// <param name="watches">Each with the debug registers that are its own.</param>
    /// <exception cref="UserException">A probe is refused; none is left.</exception>
    void Begin(ITargetProcess process, IReadOnlyList<(ArisingPlan Plan, IReadOnlyList<int> Slots)> watches);

    /// <summary>Takes the probes out. What is armed stays so until its slots are disarmed.</summary>
    void End();

    /// <summary>A frame is not there any more, though nothing has left it: its slot is free for others.</summary>
    void Disown(int slot, ulong frame);

    /// <summary>The account of a watch.</summary>
    /// <param name="number">Its place in the list of <see cref="Begin"/>.</param>
    /// <param name="label">Its label.</param>
    ArisingTally Read(int number, string label);
}
