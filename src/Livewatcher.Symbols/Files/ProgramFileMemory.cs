// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Files;

/// <summary>One PT_LOAD segment of a file that is not loaded.</summary>
/// <param name="Source">The file.</param>
/// <param name="Bias">Add to p_vaddr to get an address.</param>
/// <param name="Header">The segment.</param>
/// <param name="Kept">What only a loader writes, PT_DYNAMIC and PT_GNU_RELRO: before it has there is no list of libraries, and no word of the global offset
/// table says which definition of a variable is meant.</param>
internal readonly record struct FileSegment(FileByteSource Source, ulong Bias, ProgramHeader Header, IReadOnlyList<ProgramHeader> Kept)
{
    public ulong Start => Bias + Header.VirtualAddress;

    /// <summary>Whether memory is read as the file has it.</summary>
    public bool Keeps(Address address, int length) => Header.IsReadOnly || IsIn(Kept, address.Value - Bias, (ulong)length);

    private static bool IsIn(IReadOnlyList<ProgramHeader> headers, ulong place, ulong length) =>
        headers.Any(header => place >= header.VirtualAddress && place - header.VirtualAddress + length <= header.MemorySize);

    public bool Holds(Address address, int length) =>
        address.Value >= Start && (ulong)length <= Header.MemorySize && address.Value - Start <= Header.MemorySize - (ulong)length;
}

/// <summary>Memory of a program that does not run. What cannot change is what its file holds. What can change is guessed: a word of 8 aligned
/// bytes points at nowhere land, where each word points at nowhere land again, so that a chain of pointers still shows whether
/// its types are right; anything else is 0, a pointer of a 32-bit program among it. Guesses are noted.</summary>
internal sealed class ProgramFileMemory : ITargetMemory, IDisposable
{
    /// <summary>No program has anything there: the half of the addresses that are user space's ends behind it.</summary>
    private const ulong Nowhere = 0x6666_0000_0000;

    private const ulong NowhereEnd = Nowhere + (1UL << 32);

    private const ulong NowhereMiddle = Nowhere + (1UL << 31);

    private readonly List<FileSegment> _segments = [];

    private readonly List<IDisposable> _files = [];

    private readonly HashSet<ulong> _guesses = [];

    /// <summary>Files so far.</summary>
    public int Count => _files.Count;

    public void Own(IDisposable file) => _files.Add(file);

    public void Add(FileSegment segment) => _segments.Add(segment);

    /// <summary>Where guesses were read since this was asked last.</summary>
    public IReadOnlyCollection<ulong> TakeGuesses()
    {
        ulong[] taken = [.. _guesses];
        _guesses.Clear();
        HasFailed = false;
        return taken;
    }

    /// <summary>Whether something could not be read since the guesses were taken last: a guess has led to where nothing is.</summary>
    public bool HasFailed { get; private set; }

    public bool TryRead(Address address, Span<byte> buffer)
    {
        if (address.Value >= Nowhere && address.Value < NowhereEnd - (ulong)buffer.Length)
        {
            Guess(address, buffer);
            return true;
        }

        foreach (var segment in _segments)
        {
            if (segment.Holds(address, buffer.Length))
            {
                return segment.Keeps(address, buffer.Length) ? ReadFile(segment, address, buffer) : Guess(address, buffer);
            }
        }

        HasFailed = true;
        return false;
    }

    public void Dispose()
    {
        _files.ForEach(file => file.Dispose());
        _files.Clear();
        _segments.Clear();
    }

    private bool Guess(Address address, Span<byte> buffer)
    {
        _guesses.Add(address.Value);
        buffer.Clear();
        if (buffer.Length == sizeof(ulong) && address.Value % sizeof(ulong) == 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, NowhereMiddle);
        }

        return true;
    }

    private static bool ReadFile(FileSegment segment, Address address, Span<byte> buffer)
    {
        var offset = address.Value - segment.Start;
        buffer.Clear();
        if (offset >= segment.Header.FileSize)
        {
            return true;
        }

        var inFile = (int)Math.Min((ulong)buffer.Length, segment.Header.FileSize - offset);
        return segment.Source.TryRead(segment.Header.Offset + offset, buffer[..inFile]);
    }
}
