// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>DR7 by hand, from Intel SDM vol. 3, 18.2.4: bit 10 is always 1, bit 9 GE, Gn at 2n + 1, R/Wn at 16 + 4n, LENn at 18 + 4n;
/// lengths 1, 2, 4, 8 are 0, 1, 3, 2; execution has length 0.</summary>
public sealed class DebugRegisterImageTests
{
    [Fact]
    public void NothingArmedIsTheBitThatIsAlwaysOne() =>
        DebugRegisterImage.Of(new Dictionary<int, HardwareSlot>()).Should().Equal(0, 0, 0, 0, 0x400);

    [Theory]
    [InlineData(0, 1, AccessMode.Write, 0x0001_0602)]
    [InlineData(0, 2, AccessMode.Write, 0x0005_0602)]
    [InlineData(0, 4, AccessMode.Write, 0x000d_0602)]
    [InlineData(0, 8, AccessMode.Write, 0x0009_0602)]
    [InlineData(0, 1, AccessMode.Access, 0x0003_0602)]
    [InlineData(0, 4, AccessMode.Access, 0x000f_0602)]
    [InlineData(0, 8, AccessMode.Access, 0x000b_0602)]
    [InlineData(0, 1, AccessMode.Execute, 0x0000_0602)]
    [InlineData(1, 4, AccessMode.Write, 0x00d0_0608)]
    [InlineData(2, 4, AccessMode.Write, 0x0d00_0620)]
    [InlineData(3, 4, AccessMode.Write, 0xd000_0680)]
    [InlineData(3, 8, AccessMode.Access, 0xb000_0680)]
    public void OneSlot(int slot, int length, AccessMode mode, ulong control)
    {
        IReadOnlyList<ulong> image = DebugRegisterImage.Of(new Dictionary<int, HardwareSlot> { [slot] = new(new Address(0x5000), length, mode) });
        image[^1].Should().Be(control);
        image.Take(4).Select((value, index) => (value, index)).Should().AllSatisfy(one => one.value.Should().Be(one.index == slot ? 0x5000UL : 0));
    }

    [Fact]
    public void FourSlotsAreTheirSum() =>
        DebugRegisterImage.Of(new Dictionary<int, HardwareSlot>
        {
            [0] = new(new Address(0x1000), 1, AccessMode.Write),
            [1] = new(new Address(0x2000), 2, AccessMode.Access),
            [2] = new(new Address(0x3000), 1, AccessMode.Execute),
            [3] = new(new Address(0x4000), 8, AccessMode.Write),
        }).Should().Equal(0x1000, 0x2000, 0x3000, 0x4000, 0x9071_06aa);
}
