// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Guard;

/// <summary>native/guard, linked into the AOT binary; a shared library beside the assembly under the JIT.</summary>
internal static unsafe partial class GuardNative
{
    /// <summary>Forks the guard. Returns its pid, or -errno.</summary>
    [LibraryImport("lwguard", EntryPoint = "lw_guard_start")]
    internal static partial int Start(GuardConfig* config, byte* path, byte** arguments, byte** environment);
}
