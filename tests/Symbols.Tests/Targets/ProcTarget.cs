// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Tests.Targets;

/// <summary>A live process by /proc alone.</summary>
/// <param name="pid">Its id, or the emulator's.</param>
/// <param name="emulation">For a 32-bit program.</param>
internal sealed class ProcTarget(int pid, Emulation? emulation = null) : ITargetProcess, ITargetMemory
{
    public ProcessId Id => new(pid);

    public ITargetMemory Memory => this;

    public string ExecutablePath => $"/proc/{pid}/exe";

    public bool TryRead(Address address, Span<byte> buffer)
    {
        try
        {
            using var memory = File.OpenHandle($"/proc/{pid}/mem");
            var origin = emulation is null ? 0 : Emulation.Origin;
            return address.Value <= long.MaxValue - origin && RandomAccess.Read(memory, buffer, (long)(address.Value + origin)) == buffer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public IReadOnlyList<Mapping> ReadMappings()
    {
        var all = File.Exists($"/proc/{pid}/maps") ? File.ReadAllLines($"/proc/{pid}/maps").Select(Parse) : [];
        return emulation is null ? [.. all] : [.. Emulation.Inside(all)];
    }

    public string? OpenablePath(Mapping mapping)
    {
        if (mapping.Inode == 0)
        {
            return null;
        }

        var direct = $"/proc/{pid}/root{mapping.Path}";
        return File.Exists(direct) || emulation is not null ? direct : $"/proc/{pid}/map_files/{mapping.Start.Value:x}-{mapping.End.Value:x}";
    }

    public IReadOnlyDictionary<ulong, ulong> ReadAuxiliaryVector()
    {
        if (emulation is not null)
        {
            return emulation.AuxiliaryVector(ReadMappings());
        }

        byte[] bytes = File.Exists($"/proc/{pid}/auxv") ? File.ReadAllBytes($"/proc/{pid}/auxv") : [];
        Dictionary<ulong, ulong> vector = [];
        for (var offset = 0; offset + 16 <= bytes.Length; offset += 16)
        {
            vector[BitConverter.ToUInt64(bytes, offset)] = BitConverter.ToUInt64(bytes, offset + 8);
        }

        return vector;
    }

    public IReadOnlyList<(ThreadId Thread, string Name)> ReadThreads() => [(new ThreadId(pid), "main")];

    public Address? ReadThreadPointer(ThreadId thread) => null;

    public string? DescribeDescriptor(int descriptor) => null;

    private static Mapping Parse(string line)
    {
        var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        var range = fields[0].Split('-');
        return new Mapping(
            new Address(Hex(range[0])), new Address(Hex(range[1])),
            fields[1][0] == 'r', fields[1][1] == 'w', fields[1][2] == 'x',
            Hex(fields[2]), ulong.Parse(fields[4], CultureInfo.InvariantCulture), fields.Length > 5 ? fields[5] : string.Empty);
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
