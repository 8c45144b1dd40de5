// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What /proc/PID/auxv tells (getauxval(3)).</summary>
public static class AuxiliaryVector
{
    /// <summary>AT_ENTRY: where the program begins.</summary>
    public const ulong Entry = 9;

    /// <summary>Whether the process has executed another program in between: execve(2) makes a new vector, with the addresses of the new stack and
    /// vDSO in it. False where either is empty, of a process that is gone.</summary>
    public static bool IsAnothers(IReadOnlyDictionary<ulong, ulong> before, IReadOnlyDictionary<ulong, ulong> now) =>
        before.Count > 0 && now.Count > 0
        && (now.Count != before.Count || now.Any(entry => !before.TryGetValue(entry.Key, out ulong value) || value != entry.Value));

    /// <summary>The same of a process that is there, whose vector was taken at a time when it was.</summary>
    /// <returns>Null where nobody can tell: in the midst of execve(2), when there is a new memory already and no auxiliary vector in it yet
    /// (load_elf_binary(), fs/binfmt_elf.c), and of a process that is gone.</returns>
    public static bool? HasReplaced(IReadOnlyDictionary<ulong, ulong> before, IReadOnlyDictionary<ulong, ulong> now) =>
        before.Count == 0 ? false : now.Count == 0 ? null : IsAnothers(before, now);
}
