// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;

namespace Livewatcher.Linux.Tests.Support;

/// <summary>Files of the source tree that tests read and compile.</summary>
internal static class Repository
{
    public static string File(params string[] parts) => Path.Combine([Path.GetFullPath(Path.Combine(Here(), "..", "..", "..")), .. parts]);

    public static string Program(string name) => File("tests", "Linux.Tests", "programs", name);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
