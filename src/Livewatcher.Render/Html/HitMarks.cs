// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>What else is known of a hit. The page knows the same bits (page/script/marks.js). From <see cref="KindShift"/> on follow
/// four bits for the new value's kind: 0 for none, else ValueKind + 1.</summary>
[Flags]
internal enum HitMarks
{
    None = 0,
    Changed = 1,

    /// <summary>The value is as it was. Neither bit: not known.</summary>
    Unchanged = 2,

    /// <summary>The old value is what the hit before on the same memory has left.</summary>
    OldFollows = 4,
    Kernel = 8,
    Recovered = 16,
    Undecided = 32,
    Escaped = 64,

    /// <summary>There is a row of <see cref="HitDetails"/>.</summary>
    Detailed = 128,

    /// <summary>The number is stored as an integer, by its difference from the one before; else as a double.</summary>
    Whole = 256,

    /// <summary>Perhaps it is another watch's that shares the debug register.</summary>
    Unsure = 512,
    KindShift = 10,
}
