// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Perf;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Perf;

/// <summary>Whose hit a sample is.</summary>
public sealed class PerfAccountsTests
{
    private const int Slot = 2;

    private static readonly ProcessId Parent = new(100);
    private static readonly ProcessId Child = new(101);
    private static readonly HardwareSlot Content = new(new Address(0x4000), 4, AccessMode.Write);

    /// <summary>Between being known of and having its slots named a child has hits already.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AChildsHitsAreItsOwnFromTheFirst(bool isToldFirst)
    {
        PerfAccounts accounts = Create();
        if (isToldFirst)
            accounts.AddChild(Parent, Child);
        (int index, PerfSlot? first) = accounts.Locate(Child, Content.Address, -1);
        index.Should().Be(Slot);
        first!.Recorded++;
        if (!isToldFirst)
            accounts.AddChild(Parent, Child);
        accounts.Set(Child, Slot, Content, initial: 7);
        accounts.Find(Child, Slot)!.Account.Should().Be(new SlotAccount(1, 1, 0, 0, 7));
        accounts.Find(Parent, Slot)!.Account.Recorded.Should().Be(0);
    }

    [Fact]
    public void WhoWasRemovedIsNobodys()
    {
        PerfAccounts accounts = Create();
        accounts.AddChild(Parent, Child);
        accounts.Remove(Child);
        accounts.Locate(Child, Content.Address, -1).Slot.Should().BeNull();
    }

    private static PerfAccounts Create()
    {
        PerfAccounts accounts = new(followFork: true);
        accounts.Add(Parent);
        accounts.Set(Parent, Slot, Content, initial: 1);
        return accounts;
    }
}
