// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What an expression named when a hit was reported.</summary>
/// <param name="Expression">As the user has written it.</param>
/// <param name="Address">Of the object; null where it names none now.</param>
/// <param name="Value">What it held; null where that could not be read.</param>
/// <param name="Failure">Why there is no value; null where there is one.</param>
public sealed record SnapshotLine(string Expression, Address? Address, Value? Value, string? Failure)
{
    /// <summary>Where <see cref="Around"/> begins, a multiple of 16.</summary>
    public Address From { get; init; }

    /// <summary>Memory around the object, as far as it could be read.</summary>
    public ReadOnlyMemory<byte> Around { get; init; }
}
