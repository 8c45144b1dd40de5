// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Linux.ProcFs;

/// <summary>The files of /proc/PID that describe a process (proc(5)). A process that is gone reads as empty.</summary>
internal static class ProcessFiles
{
    internal static string? TryReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    internal static string? TryReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static IEnumerable<int> NumbersIn(string folder)
    {
        string[] entries;
        try
        {
            entries = Directory.GetFileSystemEntries(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (string entry in entries)
        {
            if (int.TryParse(Path.GetFileName(entry.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                yield return number;
        }
    }

    /// <summary>A field of /proc/PID/status, such as "TracerPid"; null where it is absent.</summary>
    internal static string? StatusField(string status, string field)
    {
        foreach (ReadOnlySpan<char> line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(field) && line.Length > field.Length && line[field.Length] == ':')
                return line[(field.Length + 1)..].Trim().ToString();
        }

        return null;
    }

    /// <summary>One line of /proc/PID/maps; null where it does not parse.</summary>
    internal static Mapping? ParseMapping(ReadOnlySpan<char> line)
    {
        // 55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 1835 /usr/bin/x
        Span<Range> parts = stackalloc Range[6];
        int count = line.Split(parts, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count < 5)
            return null;
        ReadOnlySpan<char> range = line[parts[0]];
        ReadOnlySpan<char> flags = line[parts[1]];
        int dash = range.IndexOf('-');
        if (dash < 0 || flags.Length < 4
            || !ulong.TryParse(range[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong start)
            || !ulong.TryParse(range[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong end)
            || !ulong.TryParse(line[parts[2]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong offset)
            || !ulong.TryParse(line[parts[4]], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
        {
            return null;
        }

        // The kernel writes a newline in a path as \012 (seq_path).
        string path = count > 5 ? line[parts[5].Start..].TrimStart().ToString().Replace(@"\012", "\n", StringComparison.Ordinal) : string.Empty;
        return new Mapping(new Address(start), new Address(end), flags[0] == 'r', flags[1] == 'w', flags[2] == 'x', offset, inode, path);
    }
}
