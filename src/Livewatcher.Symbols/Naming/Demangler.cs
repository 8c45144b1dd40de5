// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Naming;

/// <summary>Demangles C++ names of the Itanium ABI. Where no C++ library is installed, names stay as the linker knows
/// them.</summary>
internal static class Demangler
{
    /// <summary>Longer names cost the demangler too much, and nobody reads them.</summary>
    private const int MaxLength = 1 << 14;

    public static bool IsMangled(string name) => name.StartsWith("_Z", StringComparison.Ordinal);

    /// <summary>The name as C++ writes it, or the same text where it is no mangled name.</summary>
    public static string Demangle(string name) =>
        IsMangled(name) && name.Length <= MaxLength && DemangledLength.Bound(name) <= DemangledLength.Most
            && CxxDemangler.Demangle(name) is { Length: <= MaxLength } result ? result : name;
}
