// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Interop;

/// <summary>A whole ELF file as libelf has mapped it. Valid as long as the session that owns the Elf handle.</summary>
internal readonly unsafe struct ElfBytes
{
    private readonly byte* _start;

    private readonly ulong _count;

    /// <param name="elf">libelf's Elf*; 0 leaves it empty.</param>
    public ElfBytes(nint elf)
    {
        if (elf != 0)
        {
            _start = (byte*)ElfNative.RawFile(elf, out var size);
            _count = _start == null ? 0 : size;
        }
    }

    /// <summary>Fills the whole buffer from a file offset on, or returns false.</summary>
    public bool TryRead(ulong offset, Span<byte> buffer)
    {
        if (offset > _count || (ulong)buffer.Length > _count - offset)
        {
            return false;
        }

        new ReadOnlySpan<byte>(_start + offset, buffer.Length).CopyTo(buffer);
        return true;
    }
}
