// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
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
    internal const long Debug = 21;
    internal const long PltRelocations = 23;
}

/// <summary>PT_TLS of a module: the thread-local block's size and alignment.</summary>
internal readonly record struct TlsSegment(ulong VirtualAddress, ulong Size, ulong Alignment);

/// <summary>What a loaded 64-bit module's own headers in the target's memory say: program headers and dynamic section.</summary>
internal sealed class ModuleImage
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int MostProgramHeaders = 256;
    private const int MostDynamicEntries = 512;
    private const uint PtDynamic = 2;
    private const uint PtTls = 7;

    private readonly ILoadedModule _module;
    private readonly ITargetMemory _memory;
    private readonly Dictionary<long, ulong> _dynamic = [];

    internal ModuleImage(ILoadedModule module, ITargetMemory memory)
    {
        _module = module;
        _memory = memory;
        ReadHeaders();
    }

    internal bool Is32Bit { get; private set; }

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
        Span<byte> header = stackalloc byte[HeaderSize];
        if (!_memory.TryRead(_module.Start, header) || !header.StartsWith("\u007fELF"u8))
        {
            return;
        }

        Is32Bit = header[4] == 1;
        if (Is32Bit || BinaryPrimitives.ReadUInt16LittleEndian(header[54..]) != ProgramHeaderSize)
        {
            return;
        }

        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        int count = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(header[56..]), (ushort)MostProgramHeaders);
        byte[] table = new byte[count * ProgramHeaderSize];
        if (offset > int.MaxValue || !_memory.TryRead(_module.Start + offset, table))
        {
            return;
        }

        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = table.AsSpan(i * ProgramHeaderSize, ProgramHeaderSize);
            ulong virtualAddress = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
            switch (BinaryPrimitives.ReadUInt32LittleEndian(entry))
            {
                case PtDynamic:
                    ReadDynamic(new Address(unchecked(virtualAddress + _module.Bias)), size);
                    break;
                case PtTls:
                    Tls = new(virtualAddress, size, Math.Max(BinaryPrimitives.ReadUInt64LittleEndian(entry[48..]), 1));
                    break;
                default:
                    break;
            }
        }
    }

    private void ReadDynamic(Address start, ulong size)
    {
        Span<byte> entry = stackalloc byte[16];
        for (ulong i = 0; i < Math.Min(size / 16, MostDynamicEntries) && _memory.TryRead(start + (i * 16), entry); i++)
        {
            long tag = BinaryPrimitives.ReadInt64LittleEndian(entry);
            if (tag == 0)
            {
                break;
            }

            _dynamic.TryAdd(tag, BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]));
        }
    }
}
