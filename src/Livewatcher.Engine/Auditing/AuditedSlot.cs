// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Auditing;

/// <summary>One slot under audit and what was last known of it.</summary>
internal sealed class AuditedSlot(ProcessId process, ITargetMemory memory, int slot, HardwareSlot content, ulong initial, ulong now)
{
    internal ProcessId Process { get; } = process;

    internal ITargetMemory Memory { get; } = memory;

    internal int Slot { get; } = slot;

    internal HardwareSlot Content { get; } = content;

    /// <summary>Memory and hits agreed on this value...</summary>
    internal ulong Agreed { get; set; } = initial;

    /// <summary>...at this time (CLOCK_MONOTONIC, ns).</summary>
    internal ulong AgreedAt { get; set; } = now;

    /// <summary>Hits recorded when last looked at.</summary>
    internal ulong Recorded { get; set; }

    /// <summary>A source without values: hits have come since the memory was last found at rest...</summary>
    internal bool Restless { get; set; }

    /// <summary>...and now it rests, which nobody has been told yet.</summary>
    internal bool Rests { get; set; }

    /// <summary>A value that no hit explains so far; null where all is well.</summary>
    internal ulong? Suspect { get; set; }

    internal ulong SuspectSince { get; set; }

    /// <summary>The value that hits explain, since then.</summary>
    internal ulong SuspectedFor { get; set; }

    /// <summary>Its register is switched off: what memory holds means nothing.</summary>
    internal bool Suspended { get; set; }

    /// <summary>The turn that it was last looked at in.</summary>
    internal ulong Turn { get; set; } = 1;

    /// <summary>Whether it is another program's memory by now; null in the midst of execve(2).</summary>
    internal Func<bool?> IsReplaced { get; init; } = () => false;

    /// <summary>Times the memory could not be read (unmapped, process gone).</summary>
    internal bool Unreadable { get; set; }
}
