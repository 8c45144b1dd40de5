// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>A watch that is to be armed, cut into what debug registers can hold.</summary>
internal sealed record WantedWatch(Watch Watch, IReadOnlyList<HardwareSlot> Pieces)
{
    internal static WantedWatch Of(Watch watch) => new(watch, SlotPlanner.Split(watch.Address, watch.Length, watch.Mode));

    /// <summary>Why it is not put into one register with its neighbours; null where it may be. What a signal is sent for, and what a condition reads of
    /// other memory, is of the moment of the hit; there the kernel knows the register that was hit, and not whose bytes of it.</summary>
    internal string? WhyAlone => Watch.Mode == AccessMode.Execute ? "it is a place in the code"
        : Watch.Request.Reaction.Signal is { } signal ? $"'{signal.Text}' is done at the hit"
        : Watch.Condition?.Steps.Any(step => step.Operation == ConditionOperation.Load) == true ? "its condition reads other memory at the hit"
        : null;
}
