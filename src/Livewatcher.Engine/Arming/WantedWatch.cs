// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Rotating;
using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>A watch that is to be armed, cut into what debug registers can hold.</summary>
internal sealed record WantedWatch(Watch Watch, IReadOnlyList<HardwareSlot> Pieces)
{
    /// <summary>Where it takes turns with others; null where it does not.</summary>
    internal TurnEntry? Entry { get; init; }
}
