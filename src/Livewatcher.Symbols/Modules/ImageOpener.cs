// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Interop;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Modules;

/// <summary>Opens the ELF file behind mappings. A path is only a hint: what is opened must agree with what is mapped,
/// else the file is put together again from memory.</summary>
internal sealed class ImageOpener(ITargetProcess process, SymbolOptions options, Warnings warnings)
{
    private const string Vdso = "[vdso]";

    /// <summary>A segment's notes that are longer are not compared.</summary>
    private const int MaxCompared = 4096;

    /// <summary>All images that one file's mappings make up (more than one with dlmopen(3)).</summary>
    public IEnumerable<ElfModule> Open(IReadOnlyList<Mapping> fileMappings, IReadOnlyList<Mapping> all)
    {
        var rest = fileMappings;
        while (rest.Count > 0)
        {
            var module = MayBeElf(rest) ? OpenFirst(rest, all) : null;
            if (module is null)
            {
                rest = [.. rest.Skip(1)];
            }
            else
            {
                var end = module.End;
                yield return module;
                rest = [.. rest.SkipWhile(mapping => mapping.Start < end)];
            }
        }
    }

    /// <summary>Data files are mapped too; those are not opened.</summary>
    private bool MayBeElf(IReadOnlyList<Mapping> mappings) =>
        mappings.Any(mapping => mapping.Executable)
        || (mappings[0] is { Readable: true, FileOffset: 0 } first && IsElfInMemory(first));

    private ElfModule? OpenFirst(IReadOnlyList<Mapping> mappings, IReadOnlyList<Mapping> all)
    {
        if (mappings[0].Path == Vdso)
        {
            return FromMemory(mappings, all, Vdso);
        }

        var path = MappedImage.WithoutMark(mappings[0].Path);
        var name = Path.GetFileName(path);
        if (FindFile(mappings) is not { } file)
        {
            return RebuildWithWarning(mappings, all, name, "cannot be opened any more");
        }

        using (file.Handle)
        {
            var source = new FileByteSource(file.Handle);
            var layout = ElfLayout.Read(source, out var reason);
            var image = layout is null ? null : MappedImage.Match(mappings, all, layout);
            if (image is not null && AgreesWithMemory(image, source))
            {
                return Create(image, name, file.Handle, file.TargetRoot);
            }

            if (!IsElfInMemory(mappings[0]))
            {
                return null;
            }

            var rebuilt = RebuildWithWarning(mappings, all, name, "was replaced since it was mapped");
            if (rebuilt is null && layout is null)
            {
                warnings.Add($"{path}: {reason}: no names for it");
            }

            return rebuilt;
        }
    }

    private (SafeFileHandle Handle, string TargetRoot)? FindFile(IReadOnlyList<Mapping> mappings)
    {
        foreach (var mapping in mappings)
        {
            if (process.OpenablePath(mapping) is { } path && ElfFile.Open(path, out _) is { } file)
            {
                var asSeen = MappedImage.WithoutMark(mapping.Path);
                return (file, path.EndsWith(asSeen, StringComparison.Ordinal) ? path[..^asSeen.Length] : string.Empty);
            }
        }

        return null;
    }

    private bool IsElfInMemory(Mapping mapping)
    {
        Span<byte> magic = stackalloc byte[4];
        return process.Memory.TryRead(mapping.Start, magic) && ElfLayout.HasMagic(magic);
    }

    private ElfModule? RebuildWithWarning(IReadOnlyList<Mapping> mappings, IReadOnlyList<Mapping> all, string name, string what)
    {
        var module = FromMemory(mappings, all, name);
        if (module is not null)
        {
            warnings.Add($"{module.Path} {what}: its exported symbols are read from memory, no source lines");
        }

        return module;
    }

    private ElfModule? FromMemory(IReadOnlyList<Mapping> mappings, IReadOnlyList<Mapping> all, string name)
    {
        var first = mappings[0];
        if (ElfLayout.Read(new MappedByteSource(process.Memory, first.Start, first.End - first.Start), out _) is not { } layout
            || MappedImage.Match(mappings, all, layout) is not { } image
            || MemoryImage.Build(process.Memory, layout, image.Bias) is not { } bytes)
        {
            return null;
        }

        using var file = ElfFile.FromBytes(bytes, out _);
        return file is null ? null : Create(image, name, file, string.Empty);
    }

    private ElfModule? Create(MappedImage image, string name, SafeFileHandle file, string targetRoot)
    {
        var debugFiles = new DebugFiles(image.Path, targetRoot, options, warnings);
        var session = DwflSession.Open(name, targetRoot + image.Path, file, image.Bias, debugFiles, out var reason);
        if (session is null)
        {
            warnings.Add($"{image.Path} cannot be read as an ELF file ({reason}): no names for it");
            return null;
        }

        return new ElfModule(image, name, session, warnings);
    }

    /// <summary>Compares the ELF header, the program headers and the notes, among which is the build-id.</summary>
    private bool AgreesWithMemory(MappedImage image, FileByteSource file)
    {
        var layout = image.Layout;
        return Agrees(0, (ulong)layout.Shape.HeaderSize)
            && Agrees(layout.TableOffset, (ulong)layout.TableSize)
            && layout.Headers.Where(header => header.Type == ProgramHeader.Note && header.FileSize <= MaxCompared)
                .All(header => Agrees(header.Offset, header.FileSize));

        bool Agrees(ulong offset, ulong size)
        {
            var segment = layout.Headers.FirstOrDefault(header =>
                header.IsLoaded && header.IsReadOnly && offset >= header.Offset && size <= header.FileSize
                && offset - header.Offset <= header.FileSize - size);
            if (!segment.IsLoaded)
            {
                return true;
            }

            var inFile = new byte[size];
            var inMemory = new byte[size];
            return !process.Memory.TryRead(new Address(image.Bias + segment.VirtualAddress + (offset - segment.Offset)), inMemory)
                || (file.TryRead(offset, inFile) && inFile.AsSpan().SequenceEqual(inMemory));
        }
    }
}
