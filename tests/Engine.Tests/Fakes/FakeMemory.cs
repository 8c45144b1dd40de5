// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Some readable bytes at one address.</summary>
internal sealed class FakeMemory : ITargetMemory
{
    internal const ulong Base = 0x10000;

    private readonly byte[] bytes = new byte[4096];
    private readonly Lock gate = new();

    internal bool Gone { get; set; }

    /// <summary>What is behind so many bytes is not mapped.</summary>
    internal int Limit { get; set; } = 4096;

    public bool TryRead(Address address, Span<byte> buffer)
    {
        lock (gate)
        {
            if (Gone || address.Value < Base || address.Value + (ulong)buffer.Length > Base + (ulong)Limit)
                return false;
            bytes.AsSpan((int)(address.Value - Base), buffer.Length).CopyTo(buffer);
            return true;
        }
    }

    internal void Write(ulong address, ReadOnlySpan<byte> value)
    {
        lock (gate)
            value.CopyTo(bytes.AsSpan((int)(address - Base)));
    }

    internal ulong Read(HardwareSlot slot)
    {
        Span<byte> value = stackalloc byte[8];
        value.Clear();
        TryRead(slot.Address, value[..slot.Length]);
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }

    internal FakeMemory Copy()
    {
        FakeMemory copy = new();
        lock (gate)
            bytes.CopyTo(copy.bytes.AsSpan());
        return copy;
    }
}
