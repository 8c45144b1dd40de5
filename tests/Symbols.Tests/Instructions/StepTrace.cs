// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>One instruction that has changed memory, as the processor executed it.</summary>
internal sealed record Step(
    ulong From, ulong ThreadPointer, UserRegisters Registers, ulong Address, byte[] Before, byte[] After, byte[] Stack)
{
    /// <summary>Every aligned slot of this length that the instruction has changed.</summary>
    public IEnumerable<HardwareSlot> ChangedSlots(int length)
    {
        for (int i = 0; i < Before.Length; i += length)
        {
            if (!Before.AsSpan(i, length).SequenceEqual(After.AsSpan(i, length)))
            {
                yield return new HardwareSlot(new Address(Address + (ulong)i), length, AccessMode.Write);
            }
        }
    }

    public ulong Bytes(byte[] source, HardwareSlot slot)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        source.AsSpan((int)(slot.Address.Value - Address), slot.Length).CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}

/// <summary>Builds and runs <see cref="StepProgram"/> once.</summary>
public sealed class StepTrace : IDisposable
{
    private const int RecordSize = 512;
    private readonly string _folder = Tools.NewFolder();

    public StepTrace()
    {
        string source = Path.Combine(_folder, "step.cpp");
        string cases = Path.Combine(_folder, "cases.s");
        File.WriteAllText(source, StepProgram.Source);
        File.WriteAllText(cases, (Avx2.IsSupported ? ".set HAVE_AVX2, 1\n" : string.Empty) + StepCases.Source + "\n");
        Program = Path.Combine(_folder, "step");
        Tools.Run(
            "g++", "-O2", "-fomit-frame-pointer", "-static", "-no-pie", "-Wl,--eh-frame-hdr", "-fcf-protection=none", source, cases,
            "-o", Program);
        byte[] output = Tools.Run(Program);
        for (int at = 0; at < output.Length; at += RecordSize)
        {
            Steps.Add(Parse(output.AsSpan(at, RecordSize)));
        }

        Listing = new Listing(Program);
    }

    internal string Program { get; }

    internal List<Step> Steps { get; } = [];

    internal Listing Listing { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Step Parse(ReadOnlySpan<byte> record)
    {
        ulong[] words = new ulong[24];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(record[(i * 8)..]);
        }

        Span<ulong> r = words.AsSpan(2);
        var registers = new UserRegisters(
            r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15], r[16],
            r[17], r[18], r[19], r[20]);
        return new Step(
            words[0], words[1], registers, words[23], record.Slice(192, 128).ToArray(), record.Slice(320, 128).ToArray(),
            record.Slice(448, 64).ToArray());
    }
}
