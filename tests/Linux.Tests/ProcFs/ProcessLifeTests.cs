// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using AwesomeAssertions;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.ProcFs;

public sealed class ProcessLifeTests
{
    [Fact]
    public void ALifeEndsWithItsProcessAndStaysOver()
    {
        using Process process = Process.Start("sleep", "100");
        using ProcessLife life = ProcessLife.Open(new ProcessId(process.Id));
        life.IsOver.Should().BeFalse();
        process.Kill();
        process.WaitForExit();
        life.IsOver.Should().BeTrue();
        life.IsOver.Should().BeTrue("its descriptor is closed by now");
    }

    [Fact]
    public void WhoIsNotThereIsOver()
    {
        using ProcessLife life = ProcessLife.Open(new ProcessId(int.MaxValue));
        life.IsOver.Should().BeTrue();
    }

    /// <summary>A fork storm must not take a descriptor for each child that ever was.</summary>
    [Fact]
    public void ManyThatHaveEndedHoldNoDescriptors()
    {
        using ProcessLives lives = new();
        int before = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 300; i++)
        {
            using Process process = Process.Start("true");
            lives.Of(new ProcessId(process.Id));
            process.WaitForExit();
            lives.IsAlive(new ProcessId(process.Id)).Should().BeFalse();
        }

        Directory.GetFiles("/proc/self/fd").Length.Should().BeLessThan(before + 100);
    }
}
