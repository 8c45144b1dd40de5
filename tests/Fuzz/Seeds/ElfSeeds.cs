// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Text;

namespace Livewatcher.Fuzz.Seeds;

/// <summary>The compiled seed `types` (64-bit, DWARF 5) with one field each that lies: elf(5) has the offsets.</summary>
internal static class ElfSeeds
{
    private const ulong Gibibyte = 1UL << 30;
    private const uint NoBits = 8; // SHT_NOBITS
    private const ulong Compressed = 0x800; // SHF_COMPRESSED

    internal static IEnumerable<(string Name, byte[] Bytes)> All(string folder)
    {
        byte[] good = File.ReadAllBytes(Path.Combine(folder, "types"));
        foreach (string table in new[] { ".strtab", ".symtab", ".shstrtab", ".debug_info", ".debug_str", ".debug_line" })
        {
            string name = table[1..].Replace('_', '-');
            yield return ($"{name}-of-1-gib", Section(good, table, header => Put64(header[32..], Gibibyte)));
            yield return ($"{name}-behind-the-end", Section(good, table, header => Put64(header[24..], ulong.MaxValue - 8)));
        }

        yield return ("strtab-unterminated", Section(good, ".strtab", header => Put64(header[32..], Get64(header[32..]) - 1)));
        yield return ("debug-info-nobits", Section(good, ".debug_info", header => { Put32(header[4..], NoBits); Put64(header[32..], Gibibyte); }));
        yield return ("debug-info-compressed-lies", CompressionLies(good));
        yield return ("sections-65535", Change(good, bytes => Put16(bytes[60..], ushort.MaxValue)));
        yield return ("sections-extended", Change(good, bytes => Put16(bytes[60..], 0)));
        yield return ("headers-65535", Change(good, bytes => Put16(bytes[56..], ushort.MaxValue)));
        yield return ("headers-behind-the-end", Change(good, bytes => Put64(bytes[32..], ulong.MaxValue - 63)));
        yield return ("segment-of-512-mib", Segment(good, 1, header => { Put64(header[32..], 512UL << 20); Put64(header[40..], 512UL << 20); }));
        yield return ("segment-of-64-tib", Segment(good, 1, header => Put64(header[40..], 1UL << 46)));
        yield return ("segment-wraps", Segment(good, 1, header => { Put64(header[16..], ulong.MaxValue - 0xfff); Put64(header[40..], 0x2000); }));
        yield return ("segment-align-0", Segment(good, 1, header => Put64(header[48..], 3)));
        yield return ("note-of-4-gib", Section(good, ".note.gnu.build-id", header => Put64(header[32..], uint.MaxValue)));
        yield return ("note-name-of-4-gib", Content(good, ".note.gnu.build-id", note => Put32(note, uint.MaxValue)));
        yield return ("unit-of-4-gib", Content(good, ".debug_info", unit => Put32(unit, 0xffff_ffef)));
        yield return ("unit-64-bit-length", Content(good, ".debug_info", unit => { Put32(unit, uint.MaxValue); Put64(unit[4..], ulong.MaxValue - 11); }));
        yield return ("line-files-uncounted", Content(good, ".debug_line", lines => lines[12..48].Fill(0xff)));
        yield return ("cfi-length-0", Content(good, ".eh_frame", frames => Put32(frames, 0)));
        yield return ("cfi-length-4-gib", Content(good, ".eh_frame", frames => Put32(frames, 0xffff_ffef)));
        yield return ("cut-in-half", good[..(good.Length / 2)]);
        yield return ("header-only", good[..64]);
        yield return ("32-bit-class-64-bit-machine", Change(good, bytes => bytes[4] = 1));
    }

    /// <summary>An Elf64_Chdr that says 1 GiB before bytes that are no zlib stream.</summary>
    private static byte[] CompressionLies(byte[] good) =>
        Content(
            Section(good, ".debug_info", header => Put64(header[8..], Get64(header[8..]) | Compressed)), ".debug_info", content =>
            {
                Put32(content, 1); // ELFCOMPRESS_ZLIB
                Put64(content[8..], Gibibyte);
                Put64(content[16..], 1);
            });

    private delegate void Edit(Span<byte> bytes);

    private static byte[] Change(byte[] good, Edit edit)
    {
        byte[] copy = [.. good];
        edit(copy);
        return copy;
    }

    private static byte[] Segment(byte[] good, int index, Edit edit) => Change(good, bytes => edit(bytes[(64 + (index * 56))..]));

    private static byte[] Section(byte[] good, string name, Edit edit) => Change(good, bytes => edit(bytes[HeaderOf(good, name)..]));

    private static byte[] Content(byte[] good, string name, Edit edit) =>
        Change(good, bytes => edit(bytes.Slice((int)Get64(good.AsSpan(HeaderOf(good, name) + 24)), (int)Get64(good.AsSpan(HeaderOf(good, name) + 32)))));

    private static int HeaderOf(byte[] file, string name)
    {
        int table = (int)Get64(file.AsSpan(40));
        int names = table + (BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(62)) * 64);
        int strings = (int)Get64(file.AsSpan(names + 24));
        byte[] wanted = Encoding.ASCII.GetBytes(name + "\0");
        for (int header = table; header < file.Length; header += 64)
        {
            if (file.AsSpan(strings + (int)BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(header))).StartsWith(wanted))
                return header;
        }

        throw new InvalidOperationException($"the seed has no {name}");
    }

    private static ulong Get64(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt64LittleEndian(at);

    private static void Put16(Span<byte> at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(at, value);

    private static void Put32(Span<byte> at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(at, value);

    private static void Put64(Span<byte> at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(at, value);
}
