// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Tests.Support;

/// <summary>What the kernel says of a process's threads.</summary>
internal static class Registers
{
    /// <summary>Free debug registers of each thread: as many as can be reserved.</summary>
    public static IReadOnlyList<int> FreeOf(ProcessId process) =>
        [.. ProcessFiles.NumbersIn($"/proc/{process.Value}/task").Select(CountFree)];

    public static int TracerOf(ProcessId process) =>
        int.Parse(ProcessFiles.StatusField(ProcessFiles.TryReadText($"/proc/{process.Value}/status")!, "TracerPid")!);

    private static int CountFree(int tid)
    {
        List<PerfEvent> taken = [];
        PerfEventAttributes attributes = PerfEvent.AttributesOf(new HardwareSlot(new Address(0x1000), 8, AccessMode.Write));
        while (PerfEvent.TryOpen(attributes, tid, -1, out _) is { } one)
            taken.Add(one);
        taken.ForEach(one => one.Dispose());
        return taken.Count;
    }
}
