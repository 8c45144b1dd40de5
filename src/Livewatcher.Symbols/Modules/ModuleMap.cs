// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Modules;

/// <summary>The modules of a process, by address.</summary>
internal sealed class ModuleMap(ITargetProcess process, SymbolOptions options, Warnings warnings) : IDisposable
{
    /// <summary>Unloaded modules that are still open, for hits that are named after they went.</summary>
    private const int MostFormer = 16;

    private readonly ImageOpener _opener = new(process, options, warnings);

    private Mapping[] _fileMappings = [];

    private Mapping[] _code = [];

    private ElfModule[] _modules = [];

    private readonly List<ElfModule> _former = [];

    private ElfModule? _last;

    private IReadOnlyDictionary<ulong, ulong>? _program;

    public IReadOnlyList<ElfModule> Modules => _modules;

    /// <summary>Takes in what came and drops what went. A process that is gone, or that has executed another program, keeps
    /// its last modules: hits that it left behind still want names.</summary>
    public bool Refresh()
    {
        var all = process.ReadMappings();
        if (IsAnotherProgram())
        {
            return false;
        }

        var groups = MappedImage.GroupByFile(all).ToList();
        Mapping[] fileMappings = [.. groups.SelectMany(group => group)];
        if (all.Count > 0)
        {
            _code = [.. all.Where(mapping => mapping.Executable)];
        }

        if (all.Count == 0 || fileMappings.AsSpan().SequenceEqual(_fileMappings))
        {
            return false;
        }

        _fileMappings = fileMappings;
        List<ElfModule> next = [];
        foreach (var group in groups)
        {
            next.AddRange(ModulesOf(group, all));
        }

        next.Sort((left, right) => left.Start.CompareTo(right.Start));
        return Replace(next);
    }

    public ElfModule? ModuleAt(Address address)
    {
        if (_last is { } last && last.Start <= address && address < last.End)
        {
            return last;
        }

        var low = 0;
        var high = _modules.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_modules[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && address < _modules[low - 1].End
            ? _last = _modules[low - 1]
            : FormerAt(address);
    }

    /// <summary>Whether an address can be executed, in a module or not.</summary>
    public bool IsCode(Address address)
    {
        foreach (var mapping in _code)
        {
            if (mapping.Start <= address && address < mapping.End)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        foreach (var module in _modules.Concat(_former))
        {
            module.Dispose();
        }

        _modules = [];
        _former.Clear();
        _fileMappings = [];
        _last = null;
    }

    /// <summary>The module that was the last one there. A lambda that captured the address would cost memory at each call of
    /// the caller, whether it came this far or not.</summary>
    private ElfModule? FormerAt(Address address)
    {
        for (var i = _former.Count - 1; i >= 0; i--)
        {
            if (_former[i].Start <= address && address < _former[i].End)
            {
                return _former[i];
            }
        }

        return null;
    }

    /// <summary>Asked after the mappings were read: a vector that is still the old one proves that they were the old program's.</summary>
    private bool IsAnotherProgram()
    {
        var now = process.ReadAuxiliaryVector();
        if (now.Count == 0)
        {
            return false;
        }

        _program ??= now;
        return AuxiliaryVector.IsAnothers(_program, now);
    }

    private List<ElfModule> ModulesOf(IReadOnlyList<Mapping> group, IReadOnlyList<Mapping> all)
    {
        // A file that is deleted or replaced while we have it open stays the one that is mapped.
        var path = MappedImage.WithoutMark(group[0].Path);
        List<ElfModule> kept =
        [
            .. _modules.Where(module =>
                module.Path == path && module.Image.Mappings[0].Inode == group[0].Inode && module.Image.IsStillThere(group)),
        ];
        IReadOnlyList<Mapping> rest =
        [
            .. group.Where(mapping => !kept.Exists(module => module.Start <= mapping.Start && mapping.Start < module.End)),
        ];
        kept.AddRange(_opener.Open(rest, all));
        return kept;
    }

    private bool Replace(List<ElfModule> next)
    {
        var changed = next.Count != _modules.Length || !next.SequenceEqual(_modules);
        _former.AddRange(_modules.Except(next));
        while (_former.Count > MostFormer)
        {
            _former[0].Dispose();
            _former.RemoveAt(0);
        }

        _modules = [.. next];
        _last = null;
        MarkMainProgram();
        return changed;
    }

    private void MarkMainProgram()
    {
        var entry = process.ReadAuxiliaryVector().TryGetValue(AuxiliaryVector.Entry, out var value) ? ModuleAt(new Address(value)) : null;
        foreach (var module in _modules)
        {
            module.IsMainProgram = ReferenceEquals(module, entry);
        }
    }
}
