// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Symbols.Interop;

/// <summary>What libdw says of one register in a frame.</summary>
internal enum FrameRegisterState : byte
{
    /// <summary>Lost, or it cannot be told.</summary>
    Undefined,

    /// <summary>As the callee has it.</summary>
    Same,

    /// <summary>By the operations.</summary>
    Computed,
}

/// <summary>The rules of call frame information at one code address: libdw's Dwarf_Frame. Reading copies, so that nothing
/// of libdw's is kept.</summary>
internal readonly unsafe ref struct CallFrame : IDisposable
{
    /// <summary>Longer expressions than any compiler writes are taken for damage.</summary>
    private const int MaxOperations = 64;

    /// <summary>libdw fills at most three operations of its own.</summary>
    private const int ScratchSize = 3;

    private readonly nint _frame;

    private CallFrame(nint frame)
    {
        _frame = frame;
        ReturnColumn = DwflUnwindTables.FrameInfo(frame, out _, out _, out var isSignal);
        IsSignalFrame = isSignal != 0;
    }

    /// <summary>DWARF number of the return address's column; -1 where the frame cannot be read.</summary>
    public int ReturnColumn { get; }

    public bool IsSignalFrame { get; }

    /// <param name="table">Dwarf_CFI*; 0 for none.</param>
    /// <param name="address">As in the file.</param>
    /// <param name="frame">To be disposed of.</param>
    public static bool TryOpen(nint table, ulong address, out CallFrame frame)
    {
        frame = default;
        if (table == 0 || DwflUnwindTables.AddressFrame(table, address, out var found) != 0)
        {
            return false;
        }

        frame = new CallFrame(found);
        return true;
    }

    /// <summary>The expression of the canonical frame address; null where there is none that makes sense.</summary>
    public DwarfOperation[]? ReadCfa() =>
        DwflUnwindTables.FrameCfa(_frame, out var operations, out var count) == 0 && count is > 0 and <= MaxOperations
            ? Copy(operations, count)
            : null;

    /// <param name="register">DWARF number.</param>
    /// <param name="operations">A location or, ending in DW_OP_stack_value, a value; empty unless computed.</param>
    public FrameRegisterState ReadRegister(int register, out DwarfOperation[] operations)
    {
        var scratch = stackalloc DwarfNativeOperation[ScratchSize];
        operations = [];
        if (DwflUnwindTables.FrameRegister(_frame, register, scratch, out var found, out var count) != 0 || count > MaxOperations)
        {
            return FrameRegisterState.Undefined;
        }

        if (count == 0)
        {
            return found == null ? FrameRegisterState.Same : FrameRegisterState.Undefined;
        }

        operations = Copy(found, count);
        return FrameRegisterState.Computed;
    }

    /// <summary>dwarf_cfi_addrframe: "the caller must free it", with free(3), which is what this calls.</summary>
    public void Dispose() => NativeMemory.Free((void*)_frame);

    private static DwarfOperation[] Copy(DwarfNativeOperation* operations, nuint count)
    {
        var copy = new DwarfOperation[(int)count];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = new DwarfOperation(operations[i].Atom, operations[i].Number, operations[i].Number2);
        }

        return copy;
    }
}
