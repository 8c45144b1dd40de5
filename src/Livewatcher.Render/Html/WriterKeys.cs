// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Which hits and which rows of the closing table are one writer's: the same watch, instruction, system call and stack.</summary>
internal sealed class WriterKeys
{
    /// <summary>As many as the closing table tells apart.</summary>
    private const int Most = 20_000;

    private readonly Interned<Key> keys = new(Most);

    public int NumberOf(Hit hit) => hit.Escaped ? -1 : keys.Add(KeyOf(hit.Watch, hit.Instruction, Hit.NameOfCall(hit.SystemCall), hit.Stack));

    public int NumberOf(WriterRow row) => keys.Add(KeyOf(row.Watch, row.Instruction, row.SystemCall, row.Stack));

    private static Key KeyOf(Watch watch, Instruction? instruction, string? call, CallStack stack) => new(
        watch.Label, watch.Mode, instruction?.Address ?? default, call, stack.Fingerprint());

    private readonly record struct Key(string Watch, AccessMode Mode, Address Instruction, string? Call, long Stack);
}
