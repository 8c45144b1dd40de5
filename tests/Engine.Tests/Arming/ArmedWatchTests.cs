// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
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

    [Fact]
    public void OfAWiderSlotItsOwnBytesCount()
    {
        Watch watch = new(new WatchRequest("x", AccessMode.Write), new Address(0x1003), 3, NumberFormat.Instance, null, null);
        ArmedWatch armed = new(watch, [(2, new HardwareSlot(new Address(0x1000), 8, AccessMode.Write))], new byte[3]);
        armed.Apply(2, 0x0807060504030201);
        armed.Image.ToArray().Should().Equal(4, 5, 6);
        armed.Own(2, 0x0807060504030201).Should().Be(0x060504);
        armed.PartIn(2).Should().Be(new HardwareSlot(new Address(0x1003), 3, AccessMode.Write));
        (armed.IsWidened, armed.IsWidenedIn(2), armed.IsWidenedIn(1)).Should().Be((true, true, false));
    }

    [Fact]
    public void AnySlotThatCoversAWatchShowsItsBytes() =>
        Gen.Select(Gen.ULong[0, 7], Gen.Int[1, 8], Gen.Int[0, 3], Gen.ULong).Sample((offset, length, size, value) =>
        {
            int wide = 1 << size;
            ulong start = (0x1000 + offset) & ~((ulong)wide - 1);
            Watch watch = new(new WatchRequest("x", AccessMode.Write), new Address(0x1000 + offset), length, NumberFormat.Instance, null, null);
            ArmedWatch armed = new(watch, [(0, new HardwareSlot(new Address(start), wide, AccessMode.Write))], new byte[length]);
            armed.Apply(0, value);
            for (int i = 0; i < length; i++)
            {
                ulong at = 0x1000 + offset + (ulong)i - start;
                armed.Image[i].Should().Be((byte)(at < (ulong)wide ? (value >> (8 * (int)at)) & 0xff : 0));
            }

            armed.IsWidened.Should().Be(start < 0x1000 + offset || start + (ulong)wide > 0x1000 + offset + (ulong)length);
        });

    [Fact]
    public void WhatNobodyHasToldIsNotRemembered()
    {
        ArmedWatch watch = Create(0x1000, 4);
        watch.Remembers(0).Should().BeFalse("it may have been written while threads were being armed");
        watch.Apply(0, 7);
        watch.Remembers(0).Should().BeTrue();
        watch.Copy().Remembers(0).Should().BeFalse("a child's memory is the parent's of another moment");
        watch.Forget(0);
        watch.Remembers(0).Should().BeFalse();
    }

    private static ArmedWatch Create(ulong address, int length)
    {
        Watch watch = new(new WatchRequest("x", AccessMode.Write), new Address(address), length, NumberFormat.Instance, null, null);
        List<(int, HardwareSlot)> pieces = [.. SlotPlanner.Split(watch.Address, length, watch.Mode).Select((piece, i) => (i, piece))];
        return new ArmedWatch(watch, pieces, new byte[length]);
    }
}
