// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;

namespace Livewatcher.Doctor.Tests.Running;

/// <summary>Where things are: the source tree, and the binary under test.</summary>
internal static class Repository
{
    /// <summary>LIVEWATCHER_BIN, or what "make" puts into artifacts.</summary>
    public static string Livewatcher
    {
        get
        {
            var path = Environment.GetEnvironmentVariable("LIVEWATCHER_BIN") is { Length: > 0 } given
                ? Path.GetFullPath(given)
                : File("artifacts", "publish", "livewatcher", "livewatcher");
            return System.IO.File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: run \"make\", or set LIVEWATCHER_BIN.");
        }
    }

    public static string File(params string[] parts) => Path.Combine([Path.GetFullPath(Path.Combine(Here(), "..", "..", "..")), .. parts]);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
