// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>The contents of one debug register: length is 1, 2, 4 or 8 bytes and the address is a multiple of it
/// (Intel SDM vol. 3, 18.2.5). An execution breakpoint has length 1 here; the kernel wants sizeof(long) for it.</summary>
public readonly record struct HardwareSlot(Address Address, int Length, AccessMode Mode);
