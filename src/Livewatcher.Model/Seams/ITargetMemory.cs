// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Reads the memory of a process that may change, shrink or vanish under the reader.</summary>
public interface ITargetMemory
{
    /// <summary>Fills the whole buffer, or returns false and leaves its content undefined.</summary>
    bool TryRead(Address address, Span<byte> buffer);
}
