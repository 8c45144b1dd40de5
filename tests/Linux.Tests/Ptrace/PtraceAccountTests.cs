// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Ptrace;
using Livewatcher.Linux.Records;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Ptrace;

/// <summary>The memory that livewatcher and the guard share, from livewatcher's side; the guard's part is played by hand.</summary>
public sealed unsafe class PtraceAccountTests : IDisposable
{
    private static readonly ProcessId One = new(4711);
    private static readonly HardwareSlot Word = new(new Address(0x5000), 8, AccessMode.Write);

    private readonly TrapTable table = TrapTable.Create();

    public void Dispose() => table.Dispose();

    [Fact]
    public void An_entry_is_its_processs_until_it_is_removed()
    {
        (table.State(One, 0) == null).Should().BeTrue();
        table.Add(One).Should().BeTrue();
        table.State(One, 1)->Counted = 7;
        table.Add(One).Should().BeTrue("it is there already");
        table.State(One, 1)->Counted.Should().Be(7);
        table.Remove(One);
        (table.State(One, 1) == null).Should().BeTrue();
        table.Add(One);
        table.State(One, 1)->Counted.Should().Be(0, "an entry begins empty");
    }

    [Fact]
    public void There_is_room_for_so_many_processes_and_no_more()
    {
        for (int i = 1; i <= RecordLimits.LW_PROCESSES; i++)
            table.Add(new ProcessId(i)).Should().BeTrue();
        table.Add(new ProcessId(100_000)).Should().BeFalse();
        (table.State(new ProcessId(RecordLimits.LW_PROCESSES), 3) - table.State(new ProcessId(1), 0)).Should().Be(ShareLimits.LW_SLOT_STATES - 1);
        table.Remove(new ProcessId(9));
        table.Add(new ProcessId(100_000)).Should().BeTrue();
    }

    [Fact]
    public void The_sources_account_is_what_the_guard_has_counted()
    {
        using PtraceHitSource source = PtraceHitSource.Open();
        source.ReadAccount(One, 2).Should().BeNull();
        source.AddProcess(One).Should().BeTrue();
        source.SetSlot(One, 2, Word, initial: 5, siblings: 0);
        source.ReadAccount(One, 2).Should().Be(new SlotAccount(0, 0, 0, 0, 5));
        source.CorrectLastValue(One, 2, expected: 4, value: 6).Should().BeFalse("a hit came in between");
        source.CorrectLastValue(One, 2, expected: 5, value: 6).Should().BeTrue();
        source.ReadAccount(One, 2)!.Value.LastValue.Should().Be(6);
        source.RemoveProcess(One);
        source.ReadAccount(One, 2).Should().BeNull();
    }
}
