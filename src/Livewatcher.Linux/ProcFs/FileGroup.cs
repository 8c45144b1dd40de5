// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.ProcFs;

/// <summary>The group that a file belongs to.</summary>
public static class FileGroup
{
    private const uint Unchanged = uint.MaxValue; // chown(2): (uid_t)-1

    /// <param name="path">The file.</param>
    /// <param name="group">A number, or a name of /etc/group.</param>
    /// <exception cref="UserException">There is no such group, or we may not.</exception>
    public static void Set(string path, string group)
    {
        uint number = NumberOf(group) ?? throw new UserException($"--group {group}: no such group in /etc/group");
        if (Libc.ChangeOwner(path, Unchanged, number) != 0)
            throw new UserException($"cannot give {path} to group {group}: {Errno.Describe(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>The effective user of this process.</summary>
    public static uint EffectiveUser => Libc.EffectiveUserId();

    private static uint? NumberOf(string group)
    {
        if (uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            return number;
        string[]? entry = File.ReadLines("/etc/group").Select(line => line.Split(':')).FirstOrDefault(parts => parts.Length > 2 && parts[0] == group);
        return entry is not null && uint.TryParse(entry[2], NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number : null;
    }
}
