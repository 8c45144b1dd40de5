// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Livewatcher.Model;

namespace Livewatcher.Linux.ProcFs;

/// <summary>/proc/PID/maps (proc_pid_maps(5)), read as bytes: a program of 4,000 threads has 8,000 lines there, most of them without a name.</summary>
internal static class MappingsFile
{
    /// <summary>The kernel gives some pages at once, and whole lines only (seq_read_iter(), fs/seq_file.c), whatever is asked for.</summary>
    private const int FirstRoom = 64 * 1024;

    private const int MostFields = 5;

    /// <returns>By address; what does not parse is left out. Empty where the process is gone.</returns>
    internal static List<Mapping> Read(string path)
    {
        List<Mapping> mappings = [];
        byte[] room = ArrayPool<byte>.Shared.Rent(FirstRoom);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            int held = 0;
            while (file.Read(room, held, room.Length - held) is var read and > 0)
            {
                held += read;
                int taken = TakeLines(room.AsSpan(0, held), mappings);
                room.AsSpan(taken, held - taken).CopyTo(room);
                held -= taken;
                if (held == room.Length)
                    room = Larger(room);
            }

            Add(room.AsSpan(0, held), mappings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone: what has been read so far is no account of it.
            mappings.Clear();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }

        return mappings;
    }

    /// <summary>One line; null where it does not parse.</summary>
    /// <param name="line">Without its newline.</param>
    /// <param name="before">The line before, whose path is likely to be the same one.</param>
    internal static Mapping? Parse(ReadOnlySpan<byte> line, Mapping? before = null)
    {
        // 55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 1835 /usr/bin/x
        Span<Range> fields = stackalloc Range[MostFields];
        int at = 0, count = 0;
        for (; count < MostFields; count++)
        {
            at = AfterSpaces(line, at);
            int length = line[at..].IndexOf((byte)' ');
            int end = length < 0 ? line.Length : at + length;
            if (end == at)
                return null;
            fields[count] = at..end;
            at = end;
        }

        ReadOnlySpan<byte> range = line[fields[0]], flags = line[fields[1]];
        int dash = range.IndexOf((byte)'-');
        if (dash < 0 || flags.Length < 4 || !IsHexadecimal(range[..dash], out ulong start) || !IsHexadecimal(range[(dash + 1)..], out ulong last)
            || !IsHexadecimal(line[fields[2]], out ulong offset) || !Utf8Parser.TryParse(line[fields[4]], out ulong inode, out int digits) || digits != line[fields[4]].Length)
        {
            return null;
        }

        return new Mapping(new Address(start), new Address(last), flags[0] == 'r', flags[1] == 'w', flags[2] == 'x', offset, inode,
            PathOf(line[AfterSpaces(line, at)..], inode, before));
    }

    /// <summary>The number of bytes of whole lines.</summary>
    private static int TakeLines(ReadOnlySpan<byte> bytes, List<Mapping> mappings)
    {
        int taken = 0;
        while (bytes[taken..].IndexOf((byte)'\n') is var length and >= 0)
        {
            Add(bytes.Slice(taken, length), mappings);
            taken += length + 1;
        }

        return taken;
    }

    private static void Add(ReadOnlySpan<byte> line, List<Mapping> mappings)
    {
        if (Parse(line, mappings.Count > 0 ? mappings[^1] : null) is { } mapping)
            mappings.Add(mapping);
    }

    private static byte[] Larger(byte[] room)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(room.Length * 2);
        room.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(room);
        return larger;
    }

    private static int AfterSpaces(ReadOnlySpan<byte> line, int at)
    {
        int more = line[at..].IndexOfAnyExcept((byte)' ');
        return more < 0 ? line.Length : at + more;
    }

    private static bool IsHexadecimal(ReadOnlySpan<byte> text, out ulong number) => Utf8Parser.TryParse(text, out number, out int digits, 'x') && digits == text.Length;

    /// <summary>The kernel writes a newline in a path as \012 (seq_path).</summary>
    private static string PathOf(ReadOnlySpan<byte> path, ulong inode, Mapping? before)
    {
        if (path.IsEmpty)
            return string.Empty;
        if (before is not null && before.Inode == inode && path.Length == before.Path.Length && Ascii.Equals(path, before.Path))
            return before.Path;
        return Encoding.UTF8.GetString(path).Replace(@"\012", "\n", StringComparison.Ordinal);
    }
}
