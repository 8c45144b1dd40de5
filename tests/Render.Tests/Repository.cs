// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;

namespace Livewatcher.Render.Tests;

/// <summary>Files of the source tree that tests read: snapshots, documentation.</summary>
internal static class Repository
{
    public static string File(params string[] parts) => Path.Combine([Path.GetFullPath(Path.Combine(Here(), "..", "..")), .. parts]);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
