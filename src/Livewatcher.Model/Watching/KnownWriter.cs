// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>A writer that is in order, named so that it is found again after a restart, wherever it is loaded then: by the build of
/// its module and the place in its function.</summary>
/// <param name="Watch">The watch's label: who may write one variable need not be allowed to write another.</param>
/// <param name="BuildId">Of the module, hexadecimal (NT_GNU_BUILD_ID); null where it has none.</param>
/// <param name="Module">Its file name.</param>
/// <param name="Function">The symbol; null where none covers the code.</param>
/// <param name="Offset">Bytes from the function's start, without one from the module's, to the byte before the one where the hit was seen.</param>
/// <param name="SystemCall">The system call's name, where the kernel has written; null for an instruction of the program's.</param>
public sealed record KnownWriter(string Watch, string? BuildId, string Module, string? Function, ulong Offset, string? SystemCall);

/// <summary>A place in a module's code.</summary>
/// <param name="BuildId">Hexadecimal; null where the module has none.</param>
/// <param name="Module">File name.</param>
/// <param name="Function">The symbol; null where none covers it.</param>
/// <param name="Offset">Bytes from the function's start, or the module's.</param>
public sealed record CodePosition(string? BuildId, string Module, string? Function, ulong Offset);
