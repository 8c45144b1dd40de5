// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;
using Livewatcher.Symbols.Tests.Unwinding;
using Xunit;

namespace Livewatcher.Symbols.Tests;

/// <summary>The whole seam on one live process: the parts are tested on their own.</summary>
public sealed class TargetSymbolsTests
{
    [Fact]
    public void OneHitFromExpressionToStack()
    {
        using var workshop = new Workshop();
        var source = workshop.Write("deep.c", Samples.Deep);
        using var gdb = new Gdb(workshop.Build("gcc", "deep", ["-g", "-O2"], source));
        gdb.RunTo($"deep.c:{Workshop.LineOf(source, "AFTER THE WRITE")}");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var watch = symbols.Resolve(new WatchRequest("g_value", AccessMode.Write))
            .Should().BeOfType<WatchResolution.Resolved>().Subject.Watch;
        symbols.NameOf(watch.Address).Should().Be("g_value");
        watch.Length.Should().Be(4);

        var slot = new HardwareSlot(watch.Address, 4, AccessMode.Write);
        var hit = At(gdb.Capture(), watch.Address);
        var instruction = symbols.FindInstruction(hit, [slot]);

        instruction!.Proven.Should().BeTrue();
        instruction.EffectiveAddress.Should().Be(watch.Address);
        symbols.TouchedSlots(hit, [slot, slot with { Address = watch.Address + 64 }]).Should().Equal(0);
        symbols.StoredValue(hit, slot, null).Should().Be(67);
        var stack = symbols.Unwind(hit);
        stack.Frames[0].Function.Should().Be("store");
        stack.Frames[0].Inlined.Should().BeTrue();
        stack.Frames[0].Line.Should().Be(Workshop.LineOf(source, "g_value = v;"));
        symbols.Unwind(hit).Should().BeSameAs(stack);
        symbols.FormatSystemCall(hit.Registers with { OrigRax = 3, Rdi = 99 }).Should().StartWith("close(99");
        symbols.TakeWarnings().Should().BeEmpty();
    }

    private static RawHit At(RawHit hit, Address address) => new()
    {
        Time = hit.Time,
        Process = hit.Process,
        Thread = hit.Thread,
        ThreadName = hit.ThreadName,
        Cpu = hit.Cpu,
        Slot = 0,
        Address = address,
        Origin = hit.Origin,
        Registers = hit.Registers,
        Stack = hit.Stack,
    };
}
