// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>A process: the kernel's tgid, in our own pid namespace.</summary>
public readonly record struct ProcessId(int Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A thread: the kernel's pid (gettid(2)), in our own pid namespace.</summary>
public readonly record struct ThreadId(int Value)
{
    public override string ToString() => Value.ToString();
}
