// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli.Options;

/// <summary>Programs by name, as execvp(3) finds them.</summary>
internal static class ProgramPath
{
    /// <returns>A name with a slash as it is; null where PATH has none of that name.</returns>
    internal static string? Find(string name) => name.Contains('/') ? name
        : (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").Split(':')
            .Select(folder => Path.Combine(folder.Length == 0 ? "." : folder, name))
            .FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Any = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & Any) != UnixFileMode.None;
    }
}
