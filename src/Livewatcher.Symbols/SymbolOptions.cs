// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Servers;

namespace Livewatcher.Symbols;

/// <summary>What the user may choose about names.</summary>
/// <param name="Servers">Asked for debug files that are not on this machine; not owned. Each question may take long, so there are none by
/// default.</param>
/// <param name="DebugFileRoot">A further folder with separate debug files, laid out as /usr/lib/debug is (.build-id/
/// and the original paths).</param>
public sealed record SymbolOptions(Debuginfod? Servers = null, string? DebugFileRoot = null)
{
    /// <summary>Is told how far the reading of debug information has come; null for nobody.</summary>
    public ReadingProgress? Progress { get; init; }

    public static SymbolOptions Default { get; } = new();
}
