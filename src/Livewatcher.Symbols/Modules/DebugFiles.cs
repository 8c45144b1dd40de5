// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Modules;

/// <summary>Finds separate debug files on this machine as gdb does ("Separate Debug Files" in its manual): by build-id
/// below the roots, then by the name in .gnu_debuglink beside the file, in .debug/, and below the roots. Looks first
/// where the target sees the path (its own mount namespace), then in ours. A file counts only if its build-id, or
/// where there is none its checksum, is right. Last of all servers are asked, where there are any.</summary>
/// <param name="path">The module's path as the target names it.</param>
/// <param name="targetRoot">Where the target's root folder can be reached, e.g. /proc/PID/root; empty for our own.</param>
internal sealed class DebugFiles(string path, string targetRoot, SymbolOptions options, Warnings warnings) : IDebugFileSource
{
    private const string StandardRoot = "/usr/lib/debug";

    public (SafeFileHandle File, string Path)? FindDebugFile(ReadOnlySpan<byte> buildId, string? linkName, uint checksum)
    {
        foreach (var candidate in ByBuildId(buildId).Concat(ByLinkName(linkName)))
        {
            if (ElfFile.Open(candidate, out _) is not { } file)
            {
                continue;
            }

            if (buildId.Length > 0 ? DebugFileCheck.HasBuildId(file, buildId) : DebugFileCheck.HasChecksum(file, checksum))
            {
                return (file, candidate);
            }

            warnings.Add($"{candidate} does not belong to {path}: it is from another build");
            file.Dispose();
        }

        return AskServers(buildId);
    }

    public (SafeFileHandle File, string Path)? FindSupplementary(string ownerPath, string name, ReadOnlySpan<byte> buildId)
    {
        var beside = Path.GetDirectoryName(ownerPath) ?? "/";
        IEnumerable<string> candidates = name.StartsWith('/')
            ? InBothRoots(name)
            : [Path.GetFullPath(Path.Combine(beside, name))];
        foreach (var candidate in candidates.Concat(ByBuildId(buildId)))
        {
            if (ElfFile.Open(candidate, out _) is not { } file)
            {
                continue;
            }

            if (DebugFileCheck.HasBuildId(file, buildId))
            {
                return (file, candidate);
            }

            file.Dispose();
        }

        if (AskServers(buildId) is { } sent)
        {
            return sent;
        }

        warnings.Add($"{ownerPath} refers to {name}, which is not here: some names are missing");
        return null;
    }

    public void Failed(Exception exception) =>
        warnings.Add($"looking for the debug file of {path}: {exception.Message}");

    /// <summary>What a server sends is a stranger's file: it counts only if it says of itself that it is the one.</summary>
    private (SafeFileHandle File, string Path)? AskServers(ReadOnlySpan<byte> buildId)
    {
        if (options.Servers is not { } servers || buildId.Length == 0)
        {
            return null;
        }

        var place = servers.FindDebugFile(buildId);
        foreach (var note in servers.TakeNotes())
        {
            warnings.Add(note);
        }

        if (place is null || ElfFile.Open(place, out _) is not { } file)
        {
            return null;
        }

        if (DebugFileCheck.HasBuildId(file, buildId))
        {
            return (file, place);
        }

        warnings.Add($"what a debuginfod server has sent does not belong to {path}: it is from another build, or no ELF file");
        file.Dispose();
        servers.Reject(place);
        return null;
    }

    private IEnumerable<string> ByBuildId(ReadOnlySpan<byte> buildId)
    {
        if (buildId.Length < 2)
        {
            return [];
        }

        var digits = Convert.ToHexStringLower(buildId);
        return Roots().Select(root => $"{root}/.build-id/{digits[..2]}/{digits[2..]}.debug");
    }

    private IEnumerable<string> ByLinkName(string? linkName)
    {
        if (linkName is null || linkName.Contains('/', StringComparison.Ordinal) || Path.GetDirectoryName(path) is not { } folder)
        {
            return [];
        }

        return InBothRoots($"{folder}/{linkName}")
            .Concat(InBothRoots($"{folder}/.debug/{linkName}"))
            .Concat(Roots().Select(root => $"{root}{folder}/{linkName}"));
    }

    private IEnumerable<string> Roots() =>
        options.DebugFileRoot is { } own ? InBothRoots(StandardRoot).Prepend(own) : InBothRoots(StandardRoot);

    private IEnumerable<string> InBothRoots(string absolute) =>
        targetRoot.Length == 0 ? [absolute] : [targetRoot + absolute, absolute];
}
