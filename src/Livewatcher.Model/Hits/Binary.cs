// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>The executable or library that a frame's code belongs to, as it was mapped.</summary>
/// <param name="Path">As the target names it; "[vdso]" for the kernel's own.</param>
/// <param name="BuildId">NT_GNU_BUILD_ID in lower-case hexadecimal; null where the file has none.</param>
/// <param name="Bias">Taken from an address in the target, it leaves the file's own (p_vaddr).</param>
public sealed record Binary(string Path, string? BuildId, ulong Bias);
