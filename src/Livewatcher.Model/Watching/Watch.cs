// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>A request that has been resolved to memory of one process.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Address">First byte of the object, or the instruction.</param>
/// <param name="Length">Bytes of the object (1 for an execution breakpoint).</param>
/// <param name="Format">How to show the object's bytes.</param>
/// <param name="TypeName">The C type, for the armed report; null where there is none.</param>
/// <param name="Resolution">How the address came about, in words, e.g. "g_conf->limit, g_conf = 0x5581...";
/// null where the expression names the object directly.</param>
public sealed record Watch(
    WatchRequest Request, Address Address, int Length, IValueFormat Format, string? TypeName, string? Resolution)
{
    public AccessMode Mode => Request.Mode;

    public string Label => Request.Expression;

    /// <summary>What a hit must satisfy; null for no condition.</summary>
    public Condition? Condition { get; init; }

    /// <summary>What a condition on a recording must know of the object's type, in the words of room Symbols (docs/recording.md); null where
    /// no condition can look at the object's value.</summary>
    public string? Shape { get; init; }
}
