// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Modules;

/// <summary>Puts an ELF file together again from where it is mapped: for the vDSO, which has no file, and for files
/// that were deleted or replaced. What no PT_LOAD holds (section headers, .symtab, DWARF) is gone, but .dynsym and
/// .eh_frame are there: enough for names of exported functions and for whole stacks.</summary>
internal static class MemoryImage
{
    private const int PageSize = 4096;

    /// <summary>An image larger than this is not rebuilt.</summary>
    public static ulong MaxSize => 512UL << 20;

    /// <summary>The file's bytes; null where the head cannot be read or the headers ask for too much.</summary>
    public static byte[]? Build(ITargetMemory memory, ElfLayout layout, ulong bias)
    {
        ulong size = 0;
        ulong claimed = 0;
        foreach (var header in layout.Headers.Where(header => header.IsLoaded))
        {
            // All together: each of them is looked through, and in a file they do not overlap.
            claimed = header.FileSize > MaxSize ? header.FileSize : claimed + header.FileSize;
            if (claimed > MaxSize || header.Offset > MaxSize)
            {
                return null;
            }

            size = Math.Max(size, EndInMemory(memory, header, bias));
        }

        if (size < (ulong)layout.Shape.HeaderSize || size > MaxSize)
        {
            return null;
        }

        var image = new byte[size];
        foreach (var header in layout.Headers.Where(header => header.IsLoaded))
        {
            Copy(memory, header, bias, image);
        }

        if (!ElfLayout.HasMagic(image))
        {
            return null;
        }

        DropMissingSections(image, layout.Shape);
        return image;
    }

    /// <summary>The kernel maps whole pages, so behind a read-only segment's end comes what the file has next.</summary>
    private static ulong EndInFile(ProgramHeader header)
    {
        var end = header.Offset + header.FileSize;
        return header.IsReadOnly ? (end + PageSize - 1) & ~(ulong)(PageSize - 1) : end;
    }

    /// <summary>The end in the file of the segment's last page that can be read: headers may claim half a gibibyte in a process
    /// that has a page of it. 0 where there is none.</summary>
    private static ulong EndInMemory(ITargetMemory memory, ProgramHeader header, ulong bias)
    {
        Span<byte> probe = stackalloc byte[1];
        for (var end = EndInFile(header); end > header.Offset;)
        {
            var page = Math.Max(header.Offset, (end - 1) & ~(ulong)(PageSize - 1));
            if (memory.TryRead(new Address(unchecked(bias + header.VirtualAddress + (page - header.Offset))), probe))
            {
                return end;
            }

            end = page;
        }

        return 0;
    }

    /// <summary>Page by page, so that one that cannot be read leaves zeros and no more.</summary>
    private static void Copy(ITargetMemory memory, ProgramHeader header, ulong bias, byte[] image)
    {
        var end = Math.Min(EndInFile(header), (ulong)image.Length);
        for (var offset = header.Offset; offset < end;)
        {
            var next = Math.Min(end, (offset + PageSize) & ~(ulong)(PageSize - 1));
            var address = new Address(unchecked(bias + header.VirtualAddress + (offset - header.Offset)));
            var page = image.AsSpan((int)offset, (int)(next - offset));
            if (!memory.TryRead(address, page))
            {
                page.Clear();
            }

            offset = next;
        }
    }

    private static void DropMissingSections(byte[] image, ElfShape shape)
    {
        var tableOffset = shape.ReadWord(image.AsSpan(shape.SectionTableOffsetAt));
        var count = BitConverter.ToUInt16(image, shape.SectionCountAt);
        var tableSize = (ulong)count * (ulong)shape.SectionHeaderSize;
        if (tableSize > (ulong)image.Length || tableOffset > (ulong)image.Length - tableSize
            || !HasNullSection(image.AsSpan((int)tableOffset), shape.SectionHeaderSize))
        {
            // e_shoff, e_shnum and e_shstrndx.
            image.AsSpan(shape.SectionTableOffsetAt, shape.WordSize).Clear();
            image.AsSpan(shape.SectionCountAt, 2 * sizeof(ushort)).Clear();
        }
    }

    /// <summary>Section 0 is all zeros and section 1 is not: so the table is really there (elf(5), Shdr).</summary>
    private static bool HasNullSection(ReadOnlySpan<byte> table, int headerSize) =>
        table.Length >= 2 * headerSize
        && !table[..headerSize].ContainsAnyExcept((byte)0)
        && table.Slice(headerSize, headerSize).ContainsAnyExcept((byte)0);
}
