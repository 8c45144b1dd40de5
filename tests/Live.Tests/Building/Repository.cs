// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;

namespace Livewatcher.Live.Tests.Building;

/// <summary>Where things are: the source tree, the watched programs' sources, and the binary under test.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Programs { get; } = Path.Combine(Root, "tests", "Live.Tests", "programs");

    /// <summary>Built programs are kept here from run to run; "make clean" removes them.</summary>
    public static string Built { get; } = Path.Combine(Root, "artifacts", "live");

    /// <summary>The binary under test: LIVEWATCHER_BIN, or what "make publish" puts into artifacts.</summary>
    public static string Livewatcher { get; } = FindLivewatcher();

    private static string FindLivewatcher()
    {
        var path = Environment.GetEnvironmentVariable("LIVEWATCHER_BIN") is { Length: > 0 } given
            ? Path.GetFullPath(given)
            : Path.Combine(Root, "artifacts", "publish", "livewatcher", "livewatcher");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: run \"make publish\", or set LIVEWATCHER_BIN.");
    }

    // The build may put its output outside of the tree (--artifacts-path), so the folder of this file is asked first.
    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        string[] starts = [Path.GetDirectoryName(thisFile)!, Environment.CurrentDirectory, AppContext.BaseDirectory];
        foreach (var start in starts)
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "livewatcher.slnx")))
                {
                    return folder.FullName;
                }
            }
        }

        throw new DirectoryNotFoundException($"No livewatcher.slnx in any folder above {string.Join(", ", starts)}.");
    }
}
