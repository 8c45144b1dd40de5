// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Fuzz.Hostile;

/// <summary>A process that has mapped one ELF file as the kernel would: by its program headers. Its memory is what the file
/// holds, its stack what the caller gives.</summary>
internal sealed class ImageProcess : ITargetProcess, ITargetMemory
{
    private const ulong PageMask = 0xfff;

    /// <summary>Above it no process has memory (TASK_SIZE_MAX of x86-64).</summary>
    private const ulong AddressLimit = 0x7fff_ffff_f000;

    private const ulong SharedBase = 0x5555_5555_4000;
    private const ulong FixedBase = 0x40_0000;
    private const int MostMappings = 64;
    private const ulong EntryKey = 9; // AT_ENTRY
    private const ulong Inode = 4711;

    private readonly byte[] bytes;
    private readonly string path;
    private readonly bool openable;
    private readonly List<Mapping> mappings = [];

    /// <param name="bytes">The file's.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="openable">False where the file is gone, so that it is rebuilt from memory.</param>
    internal ImageProcess(byte[] bytes, string path, bool openable)
    {
        this.bytes = bytes;
        this.path = path;
        this.openable = openable;
        Layout = ElfLayout.Read(new ImageBytes(bytes), out _);
        Bias = Layout is { IsShared: true } ? SharedBase : 0;
        Map();
        Entry = new Address(unchecked(Bias + (bytes.Length >= 32 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(24)) : 0)));
        if (Layout is { Shape.WordSize: 4 })
            Entry = new Address(Bias + BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(24)));
    }

    internal ElfLayout? Layout { get; }

    internal ulong Bias { get; }

    internal Address Entry { get; }

    public ProcessId Id => new(1);

    public ITargetMemory Memory => this;

    public string ExecutablePath => path;

    public bool TryRead(Address address, Span<byte> buffer)
    {
        foreach (Mapping mapping in mappings)
        {
            if (address < mapping.Start || address >= mapping.End)
                continue;
            if ((ulong)buffer.Length > mapping.End - address)
                return false;
            buffer.Clear();
            return mapping.Inode == 0 || TryReadFile(mapping.FileOffset + (address - mapping.Start), buffer);
        }

        return false;
    }

    /// <summary>A page behind the file's last one is mapped and cannot be read: mmap(2), SIGBUS.</summary>
    private bool TryReadFile(ulong offset, Span<byte> buffer)
    {
        ulong readable = PageUp((ulong)bytes.Length);
        if (offset > readable || (ulong)buffer.Length > readable - offset)
            return false;
        if (offset < (ulong)bytes.Length)
            bytes.AsSpan((int)offset, (int)Math.Min((ulong)buffer.Length, (ulong)bytes.Length - offset)).CopyTo(buffer);
        return true;
    }

    public IReadOnlyList<Mapping> ReadMappings() => mappings;

    public string? OpenablePath(Mapping mapping) => openable ? path : null;

    public IReadOnlyDictionary<ulong, ulong> ReadAuxiliaryVector() => new Dictionary<ulong, ulong> { [EntryKey] = Entry.Value };

    public IReadOnlyList<(ThreadId Thread, string Name)> ReadThreads() => [(new ThreadId(1), "main")];

    public Address? ReadThreadPointer(ThreadId thread) => mappings.Count > 0 ? mappings[^1].Start + 64 : null;

    public string? DescribeDescriptor(int descriptor) => null;

    private void Map()
    {
        string shown = openable ? path : $"{path} (deleted)";
        foreach (ProgramHeader header in Layout?.Headers.Where(header => header.IsLoaded) ?? [])
        {
            ulong start = unchecked(Bias + header.VirtualAddress) & ~PageMask;
            ulong end = unchecked(PageUp(Bias + header.VirtualAddress + header.MemorySize));
            bool isFree = mappings.TrueForAll(mapping => end <= mapping.Start.Value || mapping.End.Value <= start);
            if (start >= end || end > AddressLimit || !isFree || mappings.Count >= MostMappings)
                continue;
            ulong ofFile = Math.Clamp(unchecked(PageUp(Bias + header.VirtualAddress + header.FileSize)), start, end);
            Add(start, ofFile, header.Flags, header.Offset & ~PageMask, shown);
            Add(ofFile, end, header.Flags, 0, string.Empty);
        }

        if (mappings.Count == 0)
            Add(FixedBase, FixedBase + PageUp((ulong)bytes.Length), uint.MaxValue, 0, shown);
        mappings.Sort((left, right) => left.Start.CompareTo(right.Start));
    }

    private void Add(ulong start, ulong end, uint flags, ulong offset, string shown)
    {
        if (start < end)
        {
            mappings.Add(new Mapping(
                new Address(start), new Address(end), true, (flags & 2) != 0, (flags & 1) != 0, offset, shown.Length > 0 ? Inode : 0, shown));
        }
    }

    private static ulong PageUp(ulong value) => unchecked(value + PageMask) & ~PageMask;
}
