// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Soak.Planning;

/// <summary>What a soaked program accesses, in the order of programs/page.h.</summary>
internal enum Word
{
    Byte,
    Short,
    Int,
    Long,
    Field,
    Heap,
    Step,
}

internal enum WatchKind
{
    Write,
    Access,
    Execute,
}

/// <param name="Word">Where.</param>
/// <param name="Kind">What is waited for.</param>
internal sealed record PlannedWatch(Word Word, WatchKind Kind)
{
    private static readonly string[] Expressions = ["g_byte", "g_short", "g_int", "g_long", "g_config.limit", "g_heap->count", "soaked_step"];

    public string Expression => Expressions[(int)Word];

    public IReadOnlyList<string> Options =>
        [Kind switch { WatchKind.Write => "--watch", WatchKind.Access => "--awatch", _ => "--hbreak" }, Expression];

    /// <summary>Values are counted modulo this.</summary>
    public UInt128 Modulus => UInt128.One << (Word switch { Word.Byte => 8, Word.Short => 16, Word.Int or Word.Field => 32, _ => 64 });
}
