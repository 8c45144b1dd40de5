// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Security.Cryptography;
using System.Text;

namespace Livewatcher.Symbols.Servers;

/// <summary>Files that servers have sent, by build-id, in the folder and layout of debuginfod-find(1), with which debug files are shared: gdb
/// finds what livewatcher has fetched, and the other way round.</summary>
/// <param name="folder">Made when it is needed.</param>
internal sealed class DownloadCache(string folder)
{
    /// <summary>$DEBUGINFOD_CACHE_PATH, $XDG_CACHE_HOME/debuginfod_client, or ~/.cache/debuginfod_client.</summary>
    internal static string UsualFolder(Func<string, string?> environment) =>
        environment("DEBUGINFOD_CACHE_PATH") is { Length: > 0 } own ? own
        : environment("XDG_CACHE_HOME") is { Length: > 0 } cache ? Path.Combine(cache, "debuginfod_client")
        : Path.Combine(environment("HOME") is { Length: > 0 } home ? home : Path.GetTempPath(), ".cache", "debuginfod_client");

    internal string DebugFile(string buildId) => Path.Combine(folder, buildId, "debuginfo");

    /// <summary>A path of debug information is anything: its digest stands for it.</summary>
    internal string Source(string buildId, string path) =>
        Path.Combine(folder, buildId, $"livewatcher-source-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..32]}");

    /// <summary>debuginfod-find(1) leaves an empty file where a server has said no.</summary>
    internal static bool Has(string place)
    {
        FileInfo file = new(place);
        return file is { Exists: true, Length: > 0 };
    }

    /// <summary>What comes is written beside its place, and put there when it is whole.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    internal static async Task<bool> KeepAsync(string place, Func<Stream, Task<bool>> fill)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(place)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string growing = $"{place}.{Guid.NewGuid():N}";
        try
        {
            bool whole;
            FileStream file = new(growing, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            await using (file.ConfigureAwait(false))
                whole = await fill(file).ConfigureAwait(false);
            if (whole)
                File.Move(growing, place, overwrite: true);
            return whole;
        }
        finally
        {
            File.Delete(growing);
        }
    }
}
