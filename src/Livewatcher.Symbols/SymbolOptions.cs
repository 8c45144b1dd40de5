// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols;

/// <summary>What the user may choose about names.</summary>
/// <param name="UseDebuginfod">Ask the servers of DEBUGINFOD_URLS for debug files that are not on this machine. Each
/// question may take long, so the answer is no by default.</param>
/// <param name="DebugFileRoot">A further folder with separate debug files, laid out as /usr/lib/debug is (.build-id/
/// and the original paths).</param>
public sealed record SymbolOptions(bool UseDebuginfod = false, string? DebugFileRoot = null)
{
    public static SymbolOptions Default { get; } = new();
}
