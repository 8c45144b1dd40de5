// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Expressions.Memory;

/// <summary>d_tag values of elf(5).</summary>
internal static class DynamicTag
{
    internal const long PltRelocationsSize = 2;
    internal const long StringTable = 5;
    internal const long SymbolTable = 6;
    internal const long Relocations = 7;
    internal const long RelocationsSize = 8;
    internal const long ShortRelocations = 17;
    internal const long ShortRelocationsSize = 18;
    internal const long Debug = 21;
    internal const long PltRelocations = 23;
}

/// <summary>PT_TLS of a module: the thread-local block's size and alignment.</summary>
internal readonly record struct TlsSegment(ulong VirtualAddress, ulong Size, ulong Alignment);

/// <summary>What a loaded module's own headers in the target's memory say: program headers and dynamic section.</summary>
internal sealed class ModuleImage
{
    private const int MostDynamicEntries = 512;

    private readonly ILoadedModule _module;
    private readonly ITargetMemory _memory;
    private readonly Dictionary<long, ulong> _dynamic = [];

    internal ModuleImage(ILoadedModule module, ITargetMemory memory)
    {
        _module = module;
        _memory = memory;
        ReadHeaders();
    }

    /// <summary>Of a 32-bit or of a 64-bit file.</summary>
    internal ElfShape Shape { get; private set; } = ElfShape.Wide;

    internal TlsSegment? Tls { get; private set; }

    internal ulong? DynamicTag(long tag) => _dynamic.TryGetValue(tag, out ulong value) ? value : null;

    /// <summary>A dynamic entry that is an address. glibc adds the bias in place when it loads the module, others do not.</summary>
    internal Address? DynamicAddress(long tag)
    {
        if (DynamicTag(tag) is not { } value || value == 0)
        {
            return null;
        }

        var relocated = new Address(value);
        return relocated >= _module.Start && relocated < _module.End ? relocated : new Address(unchecked(value + _module.Bias));
    }

    private void ReadHeaders()
    {
        var head = new MappedByteSource(_memory, _module.Start, _module.End - _module.Start);
        if (ElfLayout.Read(head, out _) is not { } layout)
        {
            return;
        }

        Shape = layout.Shape;
        foreach (ProgramHeader header in layout.Headers)
        {
            switch (header.Type)
            {
                case ProgramHeader.Dynamic:
                    ReadDynamic(new Address(unchecked(header.VirtualAddress + _module.Bias)), header.MemorySize);
                    break;
                case ProgramHeader.ThreadLocal:
                    Tls = new(header.VirtualAddress, header.MemorySize, Math.Max(header.Alignment, 1));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Elf64_Dyn and Elf32_Dyn are a tag and a value of a word each.</summary>
    private void ReadDynamic(Address start, ulong size)
    {
        Span<byte> entry = stackalloc byte[2 * Shape.WordSize];
        ulong entrySize = (ulong)entry.Length;
        for (ulong i = 0; i < Math.Min(size / entrySize, MostDynamicEntries) && _memory.TryRead(start + (i * entrySize), entry); i++)
        {
            long tag = (long)Shape.ReadWord(entry);
            if (tag == 0)
            {
                break;
            }

            _dynamic.TryAdd(tag, Shape.ReadWord(entry[Shape.WordSize..]));
        }
    }
}
