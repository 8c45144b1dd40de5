// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Modules;

namespace Livewatcher.Fuzz.Hostile;

/// <summary>An ELF file in memory.</summary>
internal sealed class ImageBytes(byte[] bytes) : IByteSource
{
    public bool TryRead(ulong offset, Span<byte> buffer)
    {
        if (offset > (ulong)bytes.Length || (ulong)buffer.Length > (ulong)bytes.Length - offset)
            return false;
        bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
        return true;
    }
}
