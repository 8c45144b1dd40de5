// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Which of more frames, blocks or objects than debug registers are armed.</summary>
public enum ArisingPolicy
{
    /// <summary>A newcomer takes the register of the oldest.</summary>
    Newest,

    /// <summary>A newcomer is left out.</summary>
    Oldest,

    /// <summary>Each has the same chance: a reservoir sample.</summary>
    Sampled,
}

/// <summary>When memory comes to life that a watch shall then be armed on, by itself.</summary>
public abstract record ArisingRule
{
    private ArisingRule()
    {
    }

    public ArisingPolicy Policy { get; init; }

    /// <summary>The request's expression names a variable of a function, FUNC::buf[15]: armed in each of its frames.</summary>
    public sealed record Local : ArisingRule;

    /// <summary>The word by which a function's stack protector notices at its end that its frame was overrun.</summary>
    public sealed record Canary(string Function) : ArisingRule;

    public sealed record ReturnAddress(string Function) : ArisingRule;

    /// <summary>Bytes of heap blocks.</summary>
    /// <param name="Offset">From the block's start.</param>
    /// <param name="Length">1, 2, 4 or 8 bytes.</param>
    public sealed record Heap(long Offset, int Length) : ArisingRule
    {
        /// <summary>FILE:LINE of the call that allocates; null for any.</summary>
        public string? Site { get; init; }

        /// <summary>Bytes that were asked for; null for any.</summary>
        public long? Size { get; init; }

        /// <summary>Of what fits the rest only the nth, from 1; null for all.</summary>
        public long? Nth { get; init; }

        /// <summary>Goes on when the block is freed, until its memory is given out again.</summary>
        public bool AfterFree { get; init; }
    }

    /// <summary>The object that the request's expression names at an instruction, each time that a thread comes there.</summary>
    /// <param name="Place">FUNCTION: its entry. FUNCTION:return: its return. FILE:LINE: its first instruction.</param>
    public sealed record At(string Place) : ArisingRule
    {
        public Ending Until { get; init; } = Ending.Never;
    }

    /// <summary>When an object that was named is not watched any more.</summary>
    public abstract record Ending
    {
        private Ending()
        {
        }

        /// <summary>When the watching ends, or another object takes its register.</summary>
        public static Ending Never { get; } = new Open();

        /// <summary>The thread leaves the frame in which the object was named; the last one, where several did.</summary>
        public sealed record Return : Ending;

        /// <summary>Its block is given back to the allocator: what the last pointer to it points to.</summary>
        public sealed record Free : Ending;

        /// <summary>Any thread enters this function.</summary>
        public sealed record Entry(string Function) : Ending;

        private sealed record Open : Ending;
    }
}
