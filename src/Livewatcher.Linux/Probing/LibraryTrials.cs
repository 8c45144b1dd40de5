// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>dlopen(3) of each library that we use.</summary>
internal static class LibraryTrials
{
    private static readonly (string File, string Package)[] Needed =
        [("libdw.so.1", "libdw1"), ("libelf.so.1", "libelf1"), ("libbpf.so.1", "libbpf1")];

    internal static IReadOnlyList<LibraryTrial> Run() => [.. Needed.Select(library => Try(library.File, library.Package))];

    private static LibraryTrial Try(string file, string package)
    {
        // Kept loaded: the next trial or our own end wants it anyway.
        bool loaded = NativeLibrary.TryLoad(file, out _);
        return new LibraryTrial(file, package, loaded ? null : "the loader does not find it, or one that it needs");
    }
}
