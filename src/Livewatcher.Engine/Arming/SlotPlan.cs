// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>What debug registers will hold for pieces that are armed together.</summary>
/// <param name="Contents">For each piece what its register holds: itself, or an aligned range of which it is a part.</param>
/// <param name="Places">For each piece its register's slot.</param>
internal sealed record SlotPlan(IReadOnlyList<HardwareSlot> Contents, IReadOnlyList<int> Places);
