// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Files;

/// <summary>A program that does not run: its files laid out as a loader would place them, for expressions that are to be checked beforehand.
/// There is no thread, and what a pointer points at is not known: see <see cref="ProgramFileMemory"/>.</summary>
public sealed class ProgramFile : ITargetProcess, IDisposable
{
    private const ulong PageSize = 0x1000;

    /// <summary>Where Linux puts a position-independent program without randomisation.</summary>
    private const ulong ProgramBase = 0x555555554000;

    private const ulong LibraryBase = 0x7ffff0000000;

    private readonly List<Mapping> _mappings = [];

    private readonly ProgramFileMemory _memory = new();

    private Address _entry;

    private ProgramFile()
    {
    }

    private void Place(string program, IEnumerable<string> libraries)
    {
        ExecutablePath = Path.GetFullPath(program);
        (_entry, _) = Place(ExecutablePath, ProgramBase, isProgram: true);
        var next = LibraryBase;
        foreach (var library in libraries)
        {
            (_, var end) = Place(Path.GetFullPath(library), next, isProgram: false);
            next = (end.Value + (1 << 20)) & ~((1UL << 20) - 1);
        }
    }

    /// <inheritdoc/>
    public ProcessId Id { get; } = new(0);

    /// <inheritdoc/>
    public ITargetMemory Memory => _memory;

    /// <inheritdoc/>
    public string ExecutablePath { get; private set; } = "";

    /// <summary>Whether memory could not be read since the guesses were taken last: where it is only the running program can tell.</summary>
    public bool HasFailed => _memory.HasFailed;

    /// <summary>Addresses of what has been read since this was asked last, and only the running program can tell.</summary>
    public IReadOnlyCollection<ulong> TakeGuesses() => _memory.TakeGuesses();

    /// <param name="path">The program.</param>
    /// <param name="libraries">Shared libraries that are mapped with it.</param>
    /// <exception cref="UserException">A file cannot be read, or is no x86 ELF file.</exception>
    public static ProgramFile Open(string path, IEnumerable<string> libraries)
    {
        ProgramFile program = new();
        try
        {
            program.Place(path, libraries);
            return program;
        }
        catch (Exception e)
        {
            program.Dispose();
            if (e is ArgumentException or NotSupportedException)
                throw new UserException($"{path}: {e.Message}");
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Mapping> ReadMappings() => _mappings;

    /// <inheritdoc/>
    public string? OpenablePath(Mapping mapping) => mapping.Inode == 0 ? null : mapping.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<ulong, ulong> ReadAuxiliaryVector() => new Dictionary<ulong, ulong> { [AuxiliaryVector.Entry] = _entry.Value };

    /// <inheritdoc/>
    public IReadOnlyList<(ThreadId Thread, string Name)> ReadThreads() => [];

    /// <inheritdoc/>
    public Address? ReadThreadPointer(ThreadId thread) => null;

    /// <inheritdoc/>
    public string? DescribeDescriptor(int descriptor) => null;

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private (Address Entry, Address End) Place(string path, ulong place, bool isProgram)
    {
        if (ElfFile.Open(path, out var refusal) is not { } file)
        {
            throw new UserException($"{path} cannot be read: {refusal}");
        }

        _memory.Own(file);
        var source = new FileByteSource(file);
        if (ElfLayout.Read(source, out var reason) is not { } layout)
        {
            throw new UserException($"{path}: {reason}");
        }

        if (isProgram && layout.Headers.All(header => !header.IsLoaded))
        {
            throw new UserException($"{path}: nothing of it is ever loaded");
        }

        var bias = layout.IsShared ? place : 0;
        var end = place;
        ProgramHeader[] kept = [.. layout.Headers.Where(header => header.Type is ProgramHeader.Dynamic or ProgramHeader.ReadOnlyAfterRelocation)];
        foreach (var header in layout.Headers.Where(header => header.IsLoaded))
        {
            end = Math.Max(end, Map(path, (ulong)_memory.Count, bias, header));
            _memory.Add(new FileSegment(source, bias, header, kept));
        }

        Span<byte> entry = stackalloc byte[layout.Shape.WordSize];
        const ulong EntryAt = 24; // e_entry, in both classes
        source.TryRead(EntryAt, entry);
        return (new Address(bias + layout.Shape.ReadWord(entry)), new Address(end));
    }

    /// <summary>One segment: the file's pages, and behind them memory that begins as zero.</summary>
    private ulong Map(string path, ulong inode, ulong bias, ProgramHeader header)
    {
        const ulong Most = 1UL << 46;
        if (header.VirtualAddress > Most || header.MemorySize > Most || header.FileSize > header.MemorySize)
        {
            throw new UserException($"{path}: corrupt program headers");
        }

        var start = (bias + header.VirtualAddress) & ~(PageSize - 1);
        var fileEnd = PageEnd(bias + header.VirtualAddress + header.FileSize);
        var end = PageEnd(bias + header.VirtualAddress + header.MemorySize);
        bool writable = !header.IsReadOnly, executable = (header.Flags & 1) != 0;
        if (header.FileSize > 0)
        {
            var offset = header.Offset & ~(PageSize - 1);
            _mappings.Add(new Mapping(new Address(start), new Address(fileEnd), true, writable, executable, offset, inode, path));
        }

        if (end > fileEnd || header.FileSize == 0)
        {
            var zeroes = header.FileSize > 0 ? fileEnd : start;
            _mappings.Add(new Mapping(new Address(zeroes), new Address(end), true, writable, executable, 0, 0, string.Empty));
        }

        return end;
    }

    private static ulong PageEnd(ulong address) => (address + PageSize - 1) & ~(PageSize - 1);
}
