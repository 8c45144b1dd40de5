// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What the rooms above may ask about a live process.</summary>
public interface ITargetProcess
{
    ProcessId Id { get; }

    ITargetMemory Memory { get; }

    /// <summary>A path that opens this process's executable even when it was replaced or lives in another mount
    /// namespace (/proc/PID/exe).</summary>
    string ExecutablePath { get; }

    /// <summary>/proc/PID/maps, now. Empty when the process is gone.</summary>
    IReadOnlyList<Mapping> ReadMappings();

    /// <summary>A path that opens the file of a mapping as the target sees it (/proc/PID/root/...,
    /// /proc/PID/map_files/...); null where the mapping has no file that can be opened.</summary>
    string? OpenablePath(Mapping mapping);

    /// <summary>/proc/PID/auxv: AT_PHDR, AT_ENTRY, AT_BASE, AT_SYSINFO_EHDR and so on (getauxval(3)).</summary>
    IReadOnlyDictionary<ulong, ulong> ReadAuxiliaryVector();

    /// <summary>Threads now, with their names (/proc/PID/task/TID/comm).</summary>
    IReadOnlyList<(ThreadId Thread, string Name)> ReadThreads();

    /// <summary>One thread's name; null where it is no thread of this process, or no more.</summary>
    string? ReadThreadName(ThreadId thread) =>
        ReadThreads().Where(one => one.Thread == thread).Select(one => one.Name).FirstOrDefault();

    /// <summary>The thread pointer of the TLS ABIs: fs_base of x86-64, gs_base of i386; null where it cannot be read.</summary>
    Address? ReadThreadPointer(ThreadId thread);

    /// <summary>Takes down what only a live process can tell (its descriptors), for hits that are named after its end.</summary>
    void Remember()
    {
    }

    /// <summary>What an open file descriptor refers to (/proc/PID/fd/N); null where it is closed.</summary>
    string? DescribeDescriptor(int descriptor);
}
