// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Globalization;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Tests.Instructions;

internal enum Knowledge
{
    /// <summary>Symbols and the unwind table.</summary>
    All,

    /// <summary>As strip(1) leaves it: the unwind table alone.</summary>
    UnwindTable,

    /// <summary>Bytes alone.</summary>
    Nothing,
}

/// <summary>An ELF file as if mapped, by what readelf(1) says about it; also the memory of its process at start.</summary>
internal sealed class TestModule : ILoadedModule, ITargetMemory
{
    private readonly byte[] _file;
    private readonly List<(ulong Start, ulong Size, ulong Offset, bool Writable)> _segments = [];
    private readonly List<ElfSymbol> _symbols = [];

    public TestModule(string path, Knowledge knowledge = Knowledge.All, ulong bias = 0)
    {
        Path = path;
        Bias = bias;
        Knowledge = knowledge;
        _file = File.ReadAllBytes(path);
        foreach (string[] words in Words("-lW", path))
        {
            if (words is ["LOAD", ..])
            {
                _segments.Add((Hex(words[2]) + bias, Hex(words[4]), Hex(words[1]), words[6..^1].Any(word => word.Contains('W'))));
            }
        }

        foreach (string[] words in Words("-sW", path))
        {
            byte? type = words.Length < 8 || words[6] is "UND" or "ABS" ? null : words[3] switch
            {
                "FUNC" => ElfSymbol.Function,
                "IFUNC" => ElfSymbol.IndirectFunction,
                "NOTYPE" => ElfSymbol.NoType,
                "OBJECT" => ElfSymbol.Object,
                _ => null,
            };
            if (type is { } known)
            {
                ulong size = words[2].StartsWith("0x") ? Hex(words[2]) : ulong.Parse(words[2]);
                _symbols.Add(new ElfSymbol(words[7].Split('@')[0], new Address(Hex(words[1]) + bias), size, known, ElfSymbol.Global));
            }
        }

        _symbols.Sort((left, right) => left.Address.CompareTo(right.Address));
    }

    public Knowledge Knowledge { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public string Path { get; }

    public Address Start => new(_segments[0].Start);

    public Address End => new(_segments[^1].Start + _segments[^1].Size);

    public ulong Bias { get; }

    public bool IsMainProgram => true;

    public nint Dwarf => 0;

    public ulong DwarfBias => 0;

    public nint Elf => 0;

    public IReadOnlyList<ElfSymbol> Symbols => Knowledge == Knowledge.All ? _symbols : [];

    public ElfSymbol this[string name] => _symbols.Find(symbol => symbol.Name == name);

    public ElfSymbol? SymbolAt(Address address)
    {
        int index = Symbols.Count == 0 ? -1 : _symbols.FindLastIndex(symbol => symbol.Address <= address);
        return index >= 0 && (_symbols[index].Size == 0 || address - _symbols[index].Address < _symbols[index].Size)
            ? _symbols[index]
            : null;
    }

    public bool TryReadFile(Address target, Span<byte> buffer) =>
        (Knowledge != Knowledge.Nothing || target != Start) && TryCopy(target, buffer, writable: false);

    public bool TryRead(Address address, Span<byte> buffer) => TryCopy(address, buffer, writable: true);

    public ulong ReadPointer(ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        return TryRead(new Address(address), bytes) ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
    }

    private bool TryCopy(Address target, Span<byte> buffer, bool writable)
    {
        foreach ((ulong start, ulong size, ulong offset, bool isWritable) in _segments)
        {
            ulong inside = target.Value - start;
            if (target.Value >= start && inside + (ulong)buffer.Length <= size && (writable || !isWritable))
            {
                _file.AsSpan((int)(offset + inside), buffer.Length).CopyTo(buffer);
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string[]> Words(string option, string path) =>
        Tools.Lines("readelf", option, path).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static ulong Hex(string text) =>
        ulong.Parse(text.StartsWith("0x") ? text[2..] : text, NumberStyles.HexNumber);
}
