// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Linux.Guard;

/// <summary>What the guard starts, and where.</summary>
/// <param name="Path">The executable's path.</param>
/// <param name="Arguments">argv, with argv[0].</param>
/// <param name="Environment">envp, "NAME=value".</param>
public sealed record LaunchRequest(string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment);
