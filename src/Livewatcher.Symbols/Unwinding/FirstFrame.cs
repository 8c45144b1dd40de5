// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>Decides which instruction the innermost frame is about. A data breakpoint traps behind the instruction that
/// made the access (Intel SDM vol. 3, 18.2.4), so it is the byte before RIP that names the writer; with exceptions.</summary>
internal sealed class FirstFrame(ModuleMap modules)
{
    private const int MaxRemembered = 1 << 16;

    /// <summary>The widest debug register.</summary>
    private const ulong WidestSlot = 8;

    private readonly Dictionary<ulong, Place> _places = [];

    private enum Place : byte
    {
        Ordinary,

        /// <summary>Only a call or a jump leads here, and the byte before belongs to something else.</summary>
        FunctionStart,

        /// <summary>A repeated string instruction, which traps between its steps with RIP still at itself.</summary>
        RepeatedString,
    }

    public FrameKind KindOf(RawHit hit)
    {
        // The kernel leaves RIP behind the syscall instruction.
        if (hit.Origin == HitOrigin.Kernel)
        {
            return FrameKind.Before;
        }

        // Execution breakpoints trap before their instruction.
        if (hit.Slot >= 0 && hit.Address.Value == hit.Registers.Rip)
        {
            return FrameKind.Exact;
        }

        return PlaceAt(hit.Registers.Rip) switch
        {
            Place.FunctionStart => FrameKind.Exact,
            Place.RepeatedString when HasJustTouched(hit) => FrameKind.Exact,
            _ => FrameKind.Before,
        };
    }

    /// <summary>To be called whenever modules have come or gone.</summary>
    public void Clear() => _places.Clear();

    /// <summary>After a step rdi (and rsi) stand behind the element, or before it when the direction flag is set.</summary>
    private static bool HasJustTouched(RawHit hit)
    {
        return IsNear(hit.Registers.Rdi) || IsNear(hit.Registers.Rsi);

        bool IsNear(ulong pointer) => pointer + WidestSlot - hit.Address.Value <= 3 * WidestSlot;
    }

    private Place PlaceAt(ulong rip)
    {
        if (_places.TryGetValue(rip, out var place))
        {
            return place;
        }

        if (_places.Count >= MaxRemembered)
        {
            _places.Clear();
        }

        return _places[rip] = Classify(new Address(rip));
    }

    private Place Classify(Address rip)
    {
        if (modules.ModuleAt(rip) is not { } module)
        {
            return Place.Ordinary;
        }

        if (module.SymbolAt(rip) is { Type: ElfSymbol.Function or ElfSymbol.IndirectFunction } symbol && symbol.Address == rip)
        {
            return Place.FunctionStart;
        }

        Span<byte> code = stackalloc byte[3];
        return module.TryReadFile(rip, code) && IsRepeatedString(code) ? Place.RepeatedString : Place.Ordinary;
    }

    /// <summary>F3 or F2, perhaps REX, then movs (A4, A5), stos (AA, AB), lods (AC, AD), cmps (A6, A7) or scas (AE, AF).</summary>
    private static bool IsRepeatedString(ReadOnlySpan<byte> code)
    {
        if (code[0] is not (0xf3 or 0xf2))
        {
            return false;
        }

        var opcode = code[1] is >= 0x40 and <= 0x4f ? code[2] : code[1];
        return opcode is >= 0xa4 and <= 0xaf and not (0xa8 or 0xa9);
    }
}
