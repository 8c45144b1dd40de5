// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using AwesomeAssertions;
using CsCheck;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Conditions;

/// <summary>The machine that decides conditions in the kernel (bpf/condition.bpf.h, compiled for this machine) and the one that does it here
/// give the same verdict for any steps, sensible or not.</summary>
public sealed class InterpreterTests
{
    private const int Conditions = 40_000;

    /// <summary>Numbers at the edges, as integers and as floats.</summary>
    private static readonly Gen<ulong> Number = Gen.OneOf(
        Gen.ULong,
        Gen.ULong[0, 300],
        Gen.Double.Select(BitConverter.DoubleToUInt64Bits),
        Gen.Single.Select(number => (ulong)BitConverter.SingleToUInt32Bits(number)),
        OneOf(
            0UL, 1, ulong.MaxValue, 1UL << 63, (1UL << 63) - 1, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0x7ff0000000000001, 0x3ff0000000000000,
            0x8000000000000000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 1UL << 53, (1UL << 53) + 1, (1UL << 54) + 3, 0x80000000, 0x007fffff, 0x00400000, ulong.MaxValue - 1023,
            ulong.MaxValue - 1024, 0xfffffffffffffbff));

    private static readonly Gen<ConditionStep> Step = Gen.Select(
        Gen.OneOf(Gen.Int[1, 31], Gen.Int[1, 33]), Gen.Byte[0, 3], Gen.Byte[0, 3], Gen.OneOf(Gen.Byte[0, 3], Gen.Const(ConditionStep.Immediate)), Gen.UInt[1, 8], Number)
        .Select((operation, to, a, b, extra, value) => new ConditionStep(
            (ConditionOperation)operation, to, a, b,
            (ConditionOperation)operation is ConditionOperation.SignExtend or ConditionOperation.ZeroExtend ? extra * 8
                : (ConditionOperation)operation is ConditionOperation.Variable ? extra - 1 : extra,
            value));

    private static readonly Gen<(List<ConditionStep> Steps, ulong[] Variables, ulong Known)> Case = Gen.Select(
        Step.List[1, 20], Number.Array[8], Gen.OneOf(Gen.Const(255UL), Gen.ULong[0, 255]))
        .Select((steps, variables, known) => (steps, variables, known));

    [Fact]
    public void BothMachinesGiveTheSameVerdicts()
    {
        using var workshop = new Workshop();
        string repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));
        string program = workshop.Build("gcc", "interpreter", ["-O1", "-Wall", "-Werror", $"-I{repository}/bpf"], Path.Combine(Path.GetDirectoryName(Here())!, "interpreter.c"));
        var cases = Enumerable.Range(0, Conditions).Select(_ => Case.Single()).Select(one => (one.Steps, Input: ToInput(one.Variables, one.Known), one.Variables, one.Known)).ToList();
        string path = Path.Combine(workshop.Folder, "cases");
        using (FileStream file = File.Create(path))
        {
            foreach (var one in cases)
                Write(file, one.Steps, Raw(one.Variables, one.Input), one.Known | 0xfc);
        }

        string verdicts = Shell.Run("sh", "-c", $"'{program}' < '{path}'");
        verdicts.Should().HaveLength(cases.Count);
        verdicts.Distinct().Should().HaveCount(3, "every verdict occurs");
        for (int i = 0; i < cases.Count; i++)
        {
            Verdict here = ConditionMachine.Evaluate(new Condition("", cases[i].Steps), cases[i].Input);
            ((int)here).Should().Be(verdicts[i] - '0', string.Join('\n', cases[i].Steps));
        }
    }

    private static Gen<ulong> OneOf(params ulong[] numbers) => Gen.Int[0, numbers.Length - 1].Select(index => numbers[index]);

    private static string Here([CallerFilePath] string path = "") => path;

    private static ConditionInput ToInput(ulong[] variables, ulong known) => new(
        (known & 1) != 0 ? variables[0] : null, (known & 2) != 0 ? variables[1] : null, (int)(variables[2] & 0xffff), (int)(variables[3] & 0xffff),
        (int)(variables[4] & 0xff), (long)(variables[5] & 0xffffff), "worker", new Memory());

    /// <summary>The same as the kernel would have them.</summary>
    private static ulong[] Raw(ulong[] variables, in ConditionInput input) =>
    [
        variables[0], variables[1], (ulong)input.Thread!.Value, (ulong)input.Process, (ulong)input.Cpu!.Value, (ulong)input.Count,
        BinaryPrimitives.ReadUInt64LittleEndian("worker\0\0"u8), 0,
    ];

    private static void Write(Stream file, List<ConditionStep> steps, ulong[] variables, ulong known)
    {
        byte[] bytes = new byte[16 + (Condition.MaximumSteps * 16) + (8 * 8) + 8];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), steps.Count);
        for (int i = 0; i < steps.Count; i++)
        {
            Span<byte> step = bytes.AsSpan(16 + (i * 16), 16);
            (step[0], step[1], step[2], step[3]) = ((byte)steps[i].Operation, steps[i].To, steps[i].A, steps[i].B);
            BinaryPrimitives.WriteUInt32LittleEndian(step[4..], steps[i].Extra);
            BinaryPrimitives.WriteUInt64LittleEndian(step[8..], steps[i].Value);
        }

        Span<byte> rest = bytes.AsSpan(16 + (Condition.MaximumSteps * 16));
        for (int i = 0; i < variables.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(rest[(i * 8)..], variables[i]);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[64..], known);
        file.Write(bytes);
    }

    /// <summary>256 bytes from address 0 on, as in interpreter.c.</summary>
    private sealed class Memory : ITargetMemory
    {
        public bool TryRead(Address address, Span<byte> buffer)
        {
            if (address.Value > 256 || (ulong)buffer.Length > 256 - address.Value)
                return false;
            for (int i = 0; i < buffer.Length; i++)
                buffer[i] = (byte)((address.Value + (ulong)i) * 37);
            return true;
        }
    }
}
