// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.ProcFs;

/// <summary>Words of another process's memory, several with one call.</summary>
public sealed class TargetMemoryTests : IDisposable
{
    private readonly Target target = Target.Start(Tools.Compile("writers"), 1, 0x1234567);
    private readonly ProcessLife life;
    private readonly ITargetMemory memory;

    public TargetMemoryTests()
    {
        target.Say("go");
        target.Read("writes");
        life = ProcessLife.Open(target.Id);
        memory = new TargetMemory(life);
    }

    public void Dispose()
    {
        life.Dispose();
        target.Dispose();
    }

    [Fact]
    public void Each_word_has_its_own_bytes_and_zeros_above_them()
    {
        ulong[] words = [~0ul, ~0ul, ~0ul, ~0ul];
        memory.TryReadWords([(target.Watched, 8), (target.Watched + 1, 2), (target.Watched, 0), (target.Watched + 3, 1)], words).Should().BeTrue();
        words.Should().Equal(0x1234567, 0x2345, 0, 0x01);
    }

    [Fact]
    public void One_that_is_not_mapped_fails_them_all()
    {
        memory.TryReadWords([(target.Watched, 8), (new Address(16), 8)], new ulong[2]).Should().BeFalse();
        memory.TryReadWords([(new Address(16), 0)], new ulong[1]).Should().BeTrue("of no bytes nothing is read");
    }

    [Fact]
    public void Of_a_process_that_has_ended_there_is_nothing()
    {
        target.Say("end");
        target.WaitForExit();
        memory.TryReadWords([(target.Watched, 8)], new ulong[1]).Should().BeFalse();
    }
}
