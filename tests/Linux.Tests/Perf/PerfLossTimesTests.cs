// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Perf;
using Xunit;

namespace Livewatcher.Linux.Tests.Perf;

public sealed class PerfLossTimesTests
{
    private readonly PerfLossTimes losses = new();

    [Fact]
    public void ALossLiesBetweenTwoSamplesOfItsRingOnWhateverCpuTheHitWas()
    {
        losses.OnSample(0, 100, afterLoss: false);
        losses.OnSample(1, 150, afterLoss: false);
        losses.OnSample(0, 200, afterLoss: true);
        ulong[] times = [100, 101, 150, 200, 201];
        times.Where(losses.MayHaveLostBefore).Should().Equal(101UL, 150UL, 200UL);
        losses.Forget(200);
        losses.MayHaveLostBefore(150).Should().BeFalse("every hit of that time has been asked about");
    }

    [Fact]
    public void AFullRingIsDoubtedUntilItsNextSample()
    {
        losses.OnSample(0, 100, afterLoss: false);
        losses.OnRead(0, wasFull: true);
        losses.OnRead(0, wasFull: false);
        losses.MayHaveLostBefore(100).Should().BeFalse();
        losses.MayHaveLostBefore(150).Should().BeTrue("the other CPU's hit may follow one that is lost");
        losses.OnSample(0, 200, afterLoss: false);
        losses.MayHaveLostBefore(150).Should().BeFalse("nothing was lost");
    }

    [Fact]
    public void WithoutLossNothingIsInDoubt()
    {
        losses.OnSample(0, 100, afterLoss: false);
        losses.OnRead(0, wasFull: false);
        losses.MayHaveLostBefore(150).Should().BeFalse();
    }
}
