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

    private readonly Dictionary<ulong, UnwindRow?> _rows = [];

    private readonly Dictionary<ElfModule, CallFrameTable> _tables = [];

    /// <summary>"mov $15, %rax; syscall": rt_sigreturn(2), by which debuggers know the code that a signal handler returns to.
    /// glibc's has call frame information, musl's has none.</summary>
    private static ReadOnlySpan<byte> Trampoline => [0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05];

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
        if (IsTrampoline(new Address(pc)))
        {
            return UnwindRow.SignalTrampoline;
        }

        if (!_tables.TryGetValue(module, out var table))
        {
            _tables[module] = table = new CallFrameTable(module);
        }

        return table.Find(lookup);
    }

    private bool IsTrampoline(Address pc)
    {
        Span<byte> code = stackalloc byte[Trampoline.Length];
        return modules.ModuleAt(pc) is { } module && module.TryReadFile(pc, code) && code.SequenceEqual(Trampoline);
    }
}
