// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Modules;

/// <summary>A mapped ELF file, read by libdwfl. Symbols and debug information are loaded at their first use.</summary>
internal sealed class ElfModule : ILoadedModule, IDisposable
{
    private readonly DwflSession _session;

    private readonly Warnings _warnings;

    private readonly ElfBytes _bytes;

    private SymbolTable? _symbols;

    private bool _dwarfLoaded;

    private nint _dwarf;

    private ulong _dwarfBias;

    public ElfModule(MappedImage image, string name, DwflSession session, Warnings warnings)
    {
        Image = image;
        Name = name;
        _session = session;
        _warnings = warnings;
        Elf = DwflNative.ModuleElf(session.Module, out _);
        _bytes = new ElfBytes(Elf);
    }

    public MappedImage Image { get; }

    public string Name { get; }

    public string Path => Image.Path;

    public Address Start => Image.Start;

    public Address End => Image.End;

    public ulong Bias => Image.Bias;

    /// <summary>Hexadecimal; null where the file has none.</summary>
    public string? BuildId => field ??= Elf != 0 && ElfBuildId.Of(Elf) is { Length: > 0 } id ? Convert.ToHexStringLower(id) : null;

    public bool IsMainProgram { get; set; }

    public nint Elf { get; }

    /// <summary>Dwfl_Module*.</summary>
    public nint Handle => _session.Module;

    public nint Dwarf
    {
        get
        {
            LoadDwarf();
            return _dwarf;
        }
    }

    public ulong DwarfBias
    {
        get
        {
            LoadDwarf();
            return _dwarfBias;
        }
    }

    public IReadOnlyList<ElfSymbol> Symbols => SymbolTable.Symbols;

    /// <summary>Whether it imports dlopen or dlmopen, so that libraries may come while the program runs.</summary>
    public bool ImportsDlopen => SymbolTable.ImportsDlopen;

    private SymbolTable SymbolTable => _symbols ??= SymbolReader.Read(_session.Module);

    /// <summary>A symbol without a size reaches no farther than the segment it is in.</summary>
    public ElfSymbol? SymbolAt(Address address)
    {
        if (SymbolTable.Find(address) is not { } symbol)
        {
            return null;
        }

        return symbol.Size > 0 || SegmentAt(symbol.Address) is { } segment && segment == SegmentAt(address) ? symbol : null;
    }

    public bool TryReadFile(Address target, Span<byte> buffer)
    {
        if (SegmentAt(target) is not { IsReadOnly: true } segment)
        {
            return false;
        }

        var inSegment = target.Value - Bias - segment.VirtualAddress;
        var length = (ulong)buffer.Length;
        return inSegment <= segment.FileSize && length <= segment.FileSize - inSegment
            && segment.Offset <= ulong.MaxValue - inSegment && _bytes.TryRead(segment.Offset + inSegment, buffer);
    }

    public void Dispose() => _session.Dispose();

    private ProgramHeader? SegmentAt(Address target)
    {
        foreach (var header in Image.Layout.Headers)
        {
            if (header.IsLoaded && unchecked(target.Value - Bias - header.VirtualAddress) < header.MemorySize)
            {
                return header;
            }
        }

        return null;
    }

    private string[] FoldersOfSplitFiles() =>
        [.. new[] { _session.Folder, System.IO.Path.GetDirectoryName(_session.SeparateFile) }.OfType<string>().Distinct(StringComparer.Ordinal)];

    private void LoadDwarf()
    {
        if (_dwarfLoaded)
        {
            return;
        }

        _dwarfLoaded = true;
        _dwarf = DwflNative.ModuleDwarf(_session.Module, out _dwarfBias);
        if (_dwarf != 0 && SplitFileCheck.FindUnfit(_dwarf, FoldersOfSplitFiles()) is { } unfit)
        {
            _dwarf = 0;
            _warnings.Add($"{Name}: its debug information refers to {unfit}, which is no file: no source lines");
        }
        else if (_dwarf == 0)
        {
            var reason = DwflNative.LastError();
            if (ElfSections.Has(Elf, ".debug_info") || _session.SeparateFile is not null)
            {
                _warnings.Add($"{Name}: its debug information cannot be read ({reason}): no source lines");
            }
            else if (IsMainProgram)
            {
                _warnings.Add($"{Name} has no debug information, here or in a separate file: no source lines");
            }
        }
    }
}
