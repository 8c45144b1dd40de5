// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AwesomeAssertions;
using Livewatcher.Doctor.Tests.Running;
using Livewatcher.Linux.Probing;
using Xunit;

namespace Livewatcher.Doctor.Tests.Probing;

/// <summary>The C# mirror of native/probe/probe.h against what the C compiler makes of that header.</summary>
public sealed class LayoutTests : DoctorTest
{
    [Fact]
    public async Task SizesAndOffsetsAreTheCompilers()
    {
        var program = await CompileAsync("layout.c", "-I", Repository.File("native", "probe"));
        var facts = (await RunAsync(program)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));
        var mirror = new Dictionary<string, int>
        {
            ["order"] = Unsafe.SizeOf<ProbeOrder>(),
            ["order.kind"] = Offset<ProbeOrder>(nameof(ProbeOrder.Kind)),
            ["order.count"] = Offset<ProbeOrder>(nameof(ProbeOrder.Count)),
            ["order.threads"] = Offset<ProbeOrder>(nameof(ProbeOrder.Threads)),
            ["order.batch"] = Offset<ProbeOrder>(nameof(ProbeOrder.Batch)),
            ["order.patience_ms"] = Offset<ProbeOrder>(nameof(ProbeOrder.PatienceMilliseconds)),
            ["page"] = Unsafe.SizeOf<ProbePage>(),
            ["page.word"] = Offset<ProbePage>(nameof(ProbePage.Word)),
            ["page.writes"] = Offset<ProbePage>(nameof(ProbePage.Writes)),
            ["page.strays"] = Offset<ProbePage>(nameof(ProbePage.Strays)),
            ["page.others"] = Offset<ProbePage>(nameof(ProbePage.Others)),
            ["page.batches"] = Offset<ProbePage>(nameof(ProbePage.Batches)),
            ["page.error"] = Offset<ProbePage>(nameof(ProbePage.Error)),
            ["page.batch_ns"] = Offset<ProbePage>(nameof(ProbePage.BatchNanoseconds)),
            ["handle"] = Unsafe.SizeOf<ProbeHandle>(),
            ["handle.page"] = Offset<ProbeHandle>(nameof(ProbeHandle.Page)),
            ["handle.pid"] = Offset<ProbeHandle>(nameof(ProbeHandle.Pid)),
            ["handle.socket_fd"] = Offset<ProbeHandle>(nameof(ProbeHandle.Socket)),
            ["burst"] = (int)ProbeKind.LW_PROBE_BURST,
            ["chain"] = (int)ProbeKind.LW_PROBE_CHAIN,
            ["read"] = (int)ProbeKind.LW_PROBE_READ,
            ["trace"] = (int)ProbeKind.LW_PROBE_TRACE,
        };
        mirror.Should().BeEquivalentTo(facts);
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
