// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Tests.Targets;

/// <summary>A 32-bit program in qemu-i386(1), for kernels that run none. Its memory lies in qemu's process, at
/// <see cref="Origin"/> and above; files are mapped there as a kernel maps them, so what is seen below is a process's own.</summary>
/// <param name="Program">The file.</param>
internal sealed record Emulation(string Program)
{
    public const string Emulator = "qemu-i386";

    /// <summary>Above all that qemu needs for itself.</summary>
    public const ulong Origin = 1UL << 40;

    private const ulong Size = 1UL << 32;

    private const int EntryAt = 24;

    private const byte Shared = 3;

    public static IReadOnlyList<string> Options { get; } = ["-B", $"0x{Origin:x}"];

    /// <summary>Null for a 64-bit program, which needs none.</summary>
    public static Emulation? For(string program)
    {
        Span<byte> head = stackalloc byte[5];
        using var file = File.OpenRead(program);
        file.ReadExactly(head);
        return head[4] == 1 ? new Emulation(program) : null;
    }

    /// <summary>The program's own mappings, where it sees them.</summary>
    public static IEnumerable<Mapping> Inside(IEnumerable<Mapping> mappings) =>
        mappings.Where(mapping => mapping.Start.Value >= Origin && mapping.End.Value <= Origin + Size)
            .Select(mapping => mapping with { Start = mapping.Start - Origin, End = mapping.End - Origin });

    /// <summary>AT_ENTRY, which the kernel would tell: e_entry (elf(5)), moved with the file.</summary>
    public IReadOnlyDictionary<ulong, ulong> AuxiliaryVector(IReadOnlyList<Mapping> inside)
    {
        var header = File.ReadAllBytes(Program).AsSpan(0, 64);
        ulong entry = BinaryPrimitives.ReadUInt32LittleEndian(header[EntryAt..]);
        var bias = header[16] == Shared ? inside.First(mapping => mapping.Path == Path.GetFullPath(Program)).Start.Value : 0;
        return new Dictionary<ulong, ulong> { [9] = entry + bias };
    }
}
