// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>Remembers the unwind row of every code address that was ever asked for: a program returns to few places,
/// and reading a row takes libdw a microsecond.</summary>
internal sealed class RowFinder(ModuleMap modules)
{
    /// <summary>More distinct return addresses than a run sees; bounds the memory of a run that sees more.</summary>
    private const int MaxRemembered = 1 << 18;

    private const int LongestTrampoline = 16;

    private readonly Dictionary<ulong, UnwindRow?> _rows = [];

    private readonly Dictionary<ElfModule, CallFrameTable> _tables = [];

    /// <param name="lookup">The frame's <see cref="PhysicalFrame.Lookup"/>.</param>
    /// <param name="pc">The frame's address.</param>
    /// <returns>Null where nothing is known about the code there.</returns>
    public UnwindRow? Find(ulong lookup, ulong pc)
    {
        if (_rows.TryGetValue(lookup, out var row))
        {
            return row;
        }

        if (_rows.Count >= MaxRemembered)
        {
            _rows.Clear();
        }

        return _rows[lookup] = Read(lookup, pc);
    }

    /// <summary>To be called whenever modules have come or gone.</summary>
    public void Clear()
    {
        _rows.Clear();
        _tables.Clear();
    }

    private UnwindRow? Read(ulong lookup, ulong pc)
    {
        if (modules.ModuleAt(new Address(lookup)) is not { } module)
        {
            return null;
        }

        // The trampoline before the table: its frame is the kernel's doing and always the same, while the byte before it
        // may belong to an unrelated function.
        if (TrampolineAt(new Address(pc)) is { } trampoline)
        {
            return trampoline;
        }

        if (!_tables.TryGetValue(module, out var table))
        {
            _tables[module] = table = new CallFrameTable(module);
        }

        return table.Find(lookup);
    }

    private UnwindRow? TrampolineAt(Address pc)
    {
        if (modules.ModuleAt(pc) is not { } module)
        {
            return null;
        }

        Span<byte> code = stackalloc byte[LongestTrampoline];
        foreach (var trampoline in Architecture.Of(module.Image.Layout).Trampolines)
        {
            var bytes = code[..trampoline.Code.Length];
            if (module.TryReadFile(pc, bytes) && bytes.SequenceEqual(trampoline.Code))
            {
                return trampoline.Row;
            }
        }

        return null;
    }
}
