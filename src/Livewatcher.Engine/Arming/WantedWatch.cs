// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>A watch that is to be armed, cut into what debug registers can hold.</summary>
internal sealed record WantedWatch(Watch Watch, IReadOnlyList<HardwareSlot> Pieces);
