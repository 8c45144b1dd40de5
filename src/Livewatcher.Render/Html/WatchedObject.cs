// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Watched memory of one process: what it held last, and who changed which byte of it last.</summary>
internal sealed class WatchedObject(Watch watch, Address address, ProcessId process)
{
    private byte[]? bytes;
    private bool isStale = true;
    private ByteChange[] changes = [];

    public Watch Watch { get; } = watch;

    public Address Address { get; } = address;

    public ProcessId Process { get; } = process;

    /// <summary>What it held when it was armed.</summary>
    public Value? Initial { get; private set; }

    public Value? Last { get; private set; }

    public long Hits { get; private set; }

    /// <summary>Last known bytes; null where values do not tell them.</summary>
    public IReadOnlyList<byte>? Bytes => isStale ? null : bytes;

    /// <summary>For each byte the last hit that changed it; Writer -2 where none has.</summary>
    public IReadOnlyList<ByteChange> Changes => changes;

    /// <summary>The last hit, which wrote it or a part, changed or not.</summary>
    public ByteChange LastHit { get; private set; } = ByteChange.None;

    /// <summary>Where the program has set this watch; null where it has not, or that is not recorded.</summary>
    public CallStack? SetAt { get; private set; }

    public void Arm(Value? value)
    {
        Initial ??= value;
        Hold(value, ByteChange.Unexplained);
    }

    /// <returns>Whether the hit's old value is what was known before.</returns>
    public bool Take(Hit hit, ByteChange change)
    {
        Hits++;
        SetAt ??= hit.SetAt;
        LastHit = change;
        bool follows = hit.Old is not null && hit.Old == Last;
        if (!follows)
            Hold(hit.Old, ByteChange.Unexplained); // filtered, lost, or not seen: somebody whom the recording does not show
        Hold(hit.New, change);
        return follows;
    }

    private void Hold(Value? value, ByteChange change)
    {
        Last = value;
        if (value is null || ValueBytes.Of(value, Watch) is not { } now)
        {
            isStale = true;
            return;
        }

        if (changes.Length != now.Length)
            changes = [.. Enumerable.Repeat(ByteChange.None, now.Length)];
        for (int i = 0; i < now.Length; i++)
        {
            if (bytes?.Length == now.Length && bytes[i] != now[i])
                changes[i] = isStale ? ByteChange.Unexplained : change; // of what was not known before, nobody can say who changed it
        }

        bytes = now;
        isStale = false;
    }
}

/// <summary>A hit, as far as the memory view names it.</summary>
/// <param name="Sequence">Its number; 0 for none.</param>
/// <param name="Ticks">Of 100 ns, from the first event on.</param>
/// <param name="Writer">As in <see cref="PackedHit"/>; -2: never changed; -3: changed between two hits.</param>
internal readonly record struct ByteChange(long Sequence, long Ticks, int Writer)
{
    public static ByteChange None { get; } = new(0, 0, -2);

    public static ByteChange Unexplained { get; } = new(0, 0, -3);
}
