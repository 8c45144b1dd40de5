// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Tests.Targets;

/// <summary>A file that is an array.</summary>
internal sealed class ByteArraySource(byte[] content) : IByteSource
{
    public bool TryRead(ulong offset, Span<byte> buffer)
    {
        if (offset > (ulong)content.Length || (ulong)buffer.Length > (ulong)content.Length - offset)
        {
            return false;
        }

        content.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
        return true;
    }
}
