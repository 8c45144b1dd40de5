// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>All the memory an unwinder may see: the stack as it was copied at the hit, and bytes of files that nobody
/// writes. Never the live stack: its thread has moved on since.</summary>
internal readonly ref struct CopiedMemory(RawHit hit, ModuleMap modules)
{
    /// <summary>An address this far above the copy belongs to no frame of the same stack: no thread's stack is
    /// larger in practice (getrlimit(2): 8 MiB by default).</summary>
    private const ulong FarAway = 1UL << 30;

    private readonly ulong _start = hit.Registers.Rsp & Architecture.Of(hit.Registers).Mask;

    private readonly ReadOnlySpan<byte> _stack = hit.Stack.Span;

    private readonly int _wordSize = Architecture.Of(hit.Registers).WordSize;

    public bool HasStack => !_stack.IsEmpty;

    /// <summary>Reads a word of the architecture.</summary>
    public bool TryRead(ulong address, out ulong value)
    {
        var offset = address - _start;
        if (offset < (ulong)_stack.Length && (ulong)_stack.Length - offset >= (ulong)_wordSize)
        {
            value = Word(_stack[(int)offset..]);
            return true;
        }

        Span<byte> word = stackalloc byte[sizeof(ulong)];
        word = word[.._wordSize];
        if (modules.ModuleAt(new Address(address)) is { } module && module.TryReadFile(new Address(address), word))
        {
            value = Word(word);
            return true;
        }

        value = 0;
        return false;
    }

    private ulong Word(ReadOnlySpan<byte> bytes) =>
        _wordSize == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    /// <summary>What it means that an address could not be read.</summary>
    public StackEnd WhyUnreadable(ulong address)
    {
        if (_stack.IsEmpty)
        {
            return new StackEnd(StackEndKind.StackUnreadable);
        }

        if (address < _start || address - _start > (ulong)_stack.Length + FarAway)
        {
            return new StackEnd(StackEndKind.OtherStack);
        }

        StackEndKind kind = hit.StackCut switch
        {
            StackCut.None => StackEndKind.CopyEnds,
            StackCut.KnownTop => StackEndKind.KnownTopEnds,
            _ => StackEndKind.MappingEnds,
        };
        return new StackEnd(kind, (ulong)_stack.Length);
    }
}
