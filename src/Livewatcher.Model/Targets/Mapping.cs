// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>One line of /proc/PID/maps (proc_pid_maps(5)).</summary>
/// <param name="Start">First address.</param>
/// <param name="End">One past the last address.</param>
/// <param name="Readable">r</param>
/// <param name="Writable">w</param>
/// <param name="Executable">x</param>
/// <param name="FileOffset">Offset in the file, in bytes.</param>
/// <param name="Inode">0 for anonymous memory.</param>
/// <param name="Path">As the kernel names it: a path, [stack], [vdso], or empty. May end in " (deleted)".</param>
public sealed record Mapping(
    Address Start, Address End, bool Readable, bool Writable, bool Executable, ulong FileOffset, ulong Inode, string Path);
