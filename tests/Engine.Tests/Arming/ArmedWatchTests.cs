// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Arming;

public sealed class ArmedWatchTests
{
    [Fact]
    public void ASlotsBytesLandWhereTheSlotIs()
    {
        ArmedWatch watch = Create(0x1004, 12);
        watch.Apply(0, 0x04030201);
        watch.Apply(1, 0x0c0b0a0908070605);
        watch.Image.ToArray().Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }

    [Fact]
    public void AForeignSlotChangesNothing()
    {
        ArmedWatch watch = Create(0x1000, 8);
        watch.Apply(3, ulong.MaxValue);
        watch.Image.ToArray().Should().OnlyContain(value => value == 0);
    }

    [Fact]
    public void ACopyHasItsOwnImage()
    {
        ArmedWatch watch = Create(0x1000, 4);
        watch.Apply(0, 7);
        ArmedWatch copy = watch.Copy();
        copy.Apply(0, 9);
        watch.Image[0].Should().Be(7);
        copy.Image[0].Should().Be(9);
    }

    private static ArmedWatch Create(ulong address, int length)
    {
        Watch watch = new(new WatchRequest("x", AccessMode.Write), new Address(address), length, NumberFormat.Instance, null, null);
        List<(int, HardwareSlot)> pieces = [.. SlotPlanner.Split(watch.Address, length, watch.Mode).Select((piece, i) => (i, piece))];
        return new ArmedWatch(watch, pieces, new byte[length]);
    }
}
