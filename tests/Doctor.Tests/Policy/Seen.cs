// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Doctor.Tests.Policy;

/// <summary>What a physical machine without a fault shows to root, and what changes make of it.</summary>
internal static class Seen
{
    public static Refusal Denied { get; } = new("some_call(2)", "EPERM (operation not permitted)", RefusalKind.Permission);

    public static MachineFacts Root { get; } = new()
    {
        Kernel = "6.1.0",
        Cpus = 2,
        Hypervisor = false,
        UserId = 0,
        Capabilities = ["CAP_SYS_PTRACE", "CAP_SYS_ADMIN", "CAP_SYS_RESOURCE", "CAP_PERFMON", "CAP_BPF"],
        Executable = "/opt/lw/livewatcher",
        PerfEventParanoid = 2,
        PtraceScope = 0,
        TypeInformation = true,
    };

    public static MachineFacts User { get; } = Root with { UserId = 1000, Capabilities = [], LockedMemoryLimit = 8 << 20 };

    public static Observations Healthy { get; } = new()
    {
        Machine = Root,
        Libraries = [new("libdw.so.1", "libdw1", null), new("libbpf.so.1", "libbpf1", null)],
        UserWrites = new CountTrial(null, 16, 16, 0),
        KernelWrites = new CountTrial(null, 16, 128, 0),
        Slots = new SlotTrial(
            4, new Refusal("perf_event_open(2)", "ENOSPC (no space left)", RefusalKind.NoSlot), new Dictionary<int, int> { [0] = 4, [1] = 4 }, null, []),
        PerfRingBytes = 8 << 20,
        PerfBurst = new Burst(500, 500, 500, 500, 0, 0, 0, 0),
        Backend = "bpf",
        Chain = new Burst(200, 200, 200, 200, 0, 0, 0, 0),
        Flood = Flood(counted: 20_000, recorded: 20_000),
        CountedHitNanoseconds = 3_100,
        RecordedHitNanoseconds = 5_200,
        StackBytes = 16384,
    };

    public static Burst Flood(long counted, long recorded, long dropped = 0, long strays = 0, long others = 0) =>
        new(20_000, 20_000, counted, recorded, dropped, 0, strays, others);

    /// <summary>A user without BPF: everything came through perf's rings.</summary>
    public static Observations Unprivileged { get; } = Healthy with
    {
        Machine = User,
        Bpf = Denied with { What = "loading the BPF program (bpf(2))" },
        Backend = "perf",
        PerfBurst = null,
        KernelWrites = new CountTrial(Denied, 0, 0, 0),
        Slots = Healthy.Slots! with { OnCpus = new Dictionary<int, int>(), CpuRefusal = Denied },
    };

    /// <summary>Nothing came through, for one reason or another.</summary>
    public static Observations Mute(Refusal? delivery) => Healthy with
    {
        Backend = delivery is null ? null : "bpf",
        Delivery = delivery,
        Chain = null,
        Flood = null,
        PerfBurst = null,
        CountedHitNanoseconds = null,
        RecordedHitNanoseconds = null,
    };
}
