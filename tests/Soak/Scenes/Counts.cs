// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.IO.MemoryMappedFiles;
using Livewatcher.Soak.Planning;

namespace Livewatcher.Soak.Scenes;

/// <summary>Whose accesses, in the order of programs/page.h.</summary>
internal enum Role
{
    First,

    /// <summary>After it has executed itself.</summary>
    Second,
    Children,
    ChildrenOfSecond,
}

/// <summary>By what, in the order of programs/page.h.</summary>
internal enum Way
{
    Store,
    Call,
    Load,
}

/// <summary>A soaked program's own counts at one moment.</summary>
internal sealed class Counts
{
    public const int Offset = 24;
    public const int Bytes = Roles * Words * Ways * 2 * sizeof(long);

    private const int Roles = 4;
    private const int Words = 7;
    private const int Ways = 3;

    private readonly long[] _numbers = new long[Bytes / sizeof(long)];

    public Counts(MemoryMappedViewAccessor view) => view.ReadArray(Offset, _numbers, 0, _numbers.Length);

    /// <summary>Everything that was begun; it grows as long as the program does anything.</summary>
    public long Activity => Enumerable.Range(0, _numbers.Length / 2).Sum(i => _numbers[2 * i]);

    public long Begun(Role role, Word word, Way way) => _numbers[Index(role, word, way)];

    public long Done(Role role, Word word, Way way) => _numbers[Index(role, word, way) + 1];

    private static int Index(Role role, Word word, Way way) => (((((int)role * Words) + (int)word) * Ways) + (int)way) * 2;
}
