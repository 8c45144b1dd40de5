// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Bytes of code: from the module's file, where no debugger's int3 can be, else from the target's memory.</summary>
internal sealed class CodeReader(ITargetMemory memory, Func<Address, ILoadedModule?> moduleAt)
{
    private const ulong PageMask = 4095;

    /// <summary>True where the last successful read was from memory, which may hold other code next time.</summary>
    public bool LastWasMemory { get; private set; }

    public bool TryRead(ulong address, Span<byte> buffer)
    {
        LastWasMemory = false;
        if (buffer.IsEmpty || moduleAt(new Address(address))?.TryReadFile(new Address(address), buffer) == true)
        {
            return true;
        }

        LastWasMemory = memory.TryRead(new Address(address), buffer);
        return LastWasMemory;
    }

    /// <summary>Up to length bytes that end right before an address; fewer where a page before is not readable.</summary>
    public byte[] ReadBefore(ulong end, int length)
    {
        ulong pageStart = (end - 1) & ~PageMask;
        int inPage = (int)(end - pageStart);
        foreach (int attempt in (ReadOnlySpan<int>)[length, Math.Min(length, inPage), Math.Min(length, 15), 7, 3, 2])
        {
            byte[] bytes = new byte[attempt];
            if (end > (ulong)attempt && TryRead(end - (ulong)attempt, bytes))
            {
                return bytes;
            }
        }

        return [];
    }

    /// <summary>Up to length bytes from an address on; fewer at the end of a mapping.</summary>
    public byte[] ReadFrom(ulong start, int length)
    {
        byte[] bytes = new byte[length];
        if (TryRead(start, bytes))
        {
            return bytes;
        }

        int inPage = (int)(PageMask + 1 - (start & PageMask));
        if (inPage < length && TryRead(start, bytes.AsSpan(0, inPage)))
        {
            return bytes[..inPage];
        }

        // The file's last page ends where its segment ends.
        bool hasFile = moduleAt(new Address(start)) is not null;
        for (int shorter = Math.Min(length, inPage) - 1; hasFile && shorter > 0; shorter--)
        {
            if (TryRead(start, bytes.AsSpan(0, shorter)))
            {
                return bytes[..shorter];
            }
        }

        return [];
    }
}
