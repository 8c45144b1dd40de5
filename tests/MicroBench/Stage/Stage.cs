// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.MicroBench.Stage;

/// <summary>A real program that has just written what is watched, and stays there (programs/stage.c): its registers, its stack, its files. Everything
/// that is benchmarked sees the same one.</summary>
public sealed class StageProgram : IDisposable
{
    /// <summary>What it has written.</summary>
    public const string Expression = "g_table[3].refcnt";

    /// <summary>Its value before and after.</summary>
    public const ulong Old = 41, New = 42;

    /// <summary>Frames of its stack without those that are inlined: touch, ten times descend, main, two of the C library, and _start.</summary>
    public const int PhysicalFrames = 15;

    private const int StackBytes = 16384;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lw-microbench-");
    private readonly Process process;
    private readonly ProcessLife life;

    public StageProgram()
    {
        string program = Path.Combine(folder.FullName, "stage");
        Run("gcc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-g", Path.Combine(Path.GetDirectoryName(Here())!, "..", "programs", "stage.c"), "-o", program);
        ProcessStartInfo start = new(program) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["ROOM"] = new string('x', StackBytes); // it lies above the frames, where the copy of the stack may reach
        process = Process.Start(start)!;
        byte[] told = new byte[(RecordLimits.LW_REGISTERS * sizeof(ulong)) + StackBytes];
        process.StandardOutput.BaseStream.ReadExactly(told);
        Registers = RecordDecoder.ToRegisters(MemoryMarshal.Cast<byte, ulong>(told.AsSpan(0, RecordLimits.LW_REGISTERS * sizeof(ulong))));
        Stack = told.AsMemory(RecordLimits.LW_REGISTERS * sizeof(ulong));
        life = ProcessLife.Open(new ProcessId(process.Id));
        Target = new TargetProcess(life);
    }

    internal UserRegisters Registers { get; }

    internal ReadOnlyMemory<byte> Stack { get; }

    internal ITargetProcess Target { get; }

    /// <summary>Its hit on a slot, as it comes out of the ring.</summary>
    /// <param name="slot">Slot 0.</param>
    internal RawHit HitOn(HardwareSlot slot) => new()
    {
        Time = 1_000_000_000, Process = Target.Id, Thread = new ThreadId(process.Id), ThreadName = "stage", Cpu = 1, Slot = 0, Address = slot.Address,
        Length = slot.Length, Origin = HitOrigin.User, Registers = Registers, Old = Old, New = New, Stack = Stack,
    };

    /// <summary>The bytes of the same hit in the ring (bpf/watch_event.h).</summary>
    /// <param name="slot">Slot 0.</param>
    /// <param name="stackBytes">Of stack behind it.</param>
    internal byte[] RecordOf(HardwareSlot slot, int stackBytes)
    {
        WatchRecord record = new()
        {
            Kind = RecordKind.LW_RECORD_HIT, Version = RecordLimits.LW_RECORD_VERSION, Flags = RecordFlags.LW_OLD_VALID | RecordFlags.LW_NEW_VALID,
            Time = 1_000_000_000, Tgid = (uint)process.Id, Tid = (uint)process.Id, Cpu = 1, StackLength = (uint)stackBytes, Address = slot.Address.Value,
            OldValue = Old, NewValue = New, Length = (uint)slot.Length,
        };
        Span<ulong> registers = record.Registers;
        MemoryMarshal.Write(MemoryMarshal.AsBytes(registers), Registers);
        "stage"u8.CopyTo(record.Comm);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<WatchRecord>(in record)), .. Stack.Span[..stackBytes]];
    }

    public void Dispose()
    {
        life.Dispose();
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private static void Run(string file, params IReadOnlyList<string> arguments)
    {
        using Process tool = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        string errors = tool.StandardError.ReadToEnd();
        tool.WaitForExit();
        if (tool.ExitCode != 0)
            throw new InvalidOperationException($"{file}: exit status {tool.ExitCode}: {errors}");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
