// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Records;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Bpf;

/// <summary>Of a thread's stack no more is copied than there is, once it is known where it begins.</summary>
public sealed class StackTopTests
{
    /// <summary>What a guarded source is asked for here.</summary>
    private const int Wanted = 256;

    [Fact]
    public void A_copy_ends_at_the_known_top_until_that_proves_wrong()
    {
        using Target target = Target.Start(Tools.Compile("busy"), 1);
        using Guarded guarded = new();
        guarded.Tracer.Attach(target.Id);
        guarded.Arm(target.Id, target.Watched);
        RawHit whole = Next(guarded);
        whole.Stack.Length.Should().Be(Wanted);
        whole.StackCut.Should().Be(StackCut.None);

        guarded.Source.SetStackTop(whole.Thread, new Address(whole.Registers.Rsp + 32));
        RawHit known = Next(guarded);
        known.StackCut.Should().Be(StackCut.KnownTop);
        ulong end = known.Registers.Rsp + (ulong)known.Stack.Length;
        end.Should().BeInRange(whole.Registers.Rsp + 32, whole.Registers.Rsp + Wanted - 1);
        known.Stack.Length.Should().BeLessThan(Wanted);

        guarded.Source.SetStackTop(whole.Thread, null);
        Next(guarded).Stack.Length.Should().Be(Wanted);
        guarded.Source.SetStackTop(whole.Thread, new Address(whole.Registers.Rsp + 32));
        Next(guarded).Stack.Length.Should().Be(Wanted, "who has been wrong once is not believed again");
    }

    [Fact]
    public void A_new_thread_has_nothing_of_one_that_had_its_number()
    {
        using Target target = Target.Start(Tools.Compile("crowd"), 0, 0, 1);
        using Guarded guarded = new();
        guarded.Tracer.Attach(target.Id);
        guarded.Arm(target.Id, target.Watched);
        SharedStackTops tops = ((BpfHitSource)guarded.Source).Program.StackTops;
        ThreadId[] numbers = [.. Enumerable.Range(target.Id.Value + 1, 500).Select(number => new ThreadId(number))];
        foreach (ThreadId number in numbers)
            guarded.Source.SetStackTop(number, new Address(0x7000_0000_1230));
        tops.Of(numbers[0]).Should().Be(new Address(0x7000_0000_1230 + 128));
        target.Say("start");
        target.Say("go");
        target.Read("writes");
        guarded.Finish(target.Id);
        RawHit hit = guarded.Recorder.Hits.Last();

        numbers.Should().Contain(hit.Thread);
        tops.Of(hit.Thread).Should().BeNull();
        tops.Of(numbers[^1]).Should().NotBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData((1 << 22) - 1)]
    public unsafe void A_place_is_of_the_thread_that_had_it_last(int number)
    {
        ulong[] words = new ulong[RecordLimits.LW_STACK_TOPS];
        fixed (ulong* memory = words)
        {
            SharedStackTops tops = new(memory);
            ThreadId thread = new(number), other = new(number ^ (1 << 13));
            tops.Of(thread).Should().BeNull();
            // The highest that a program has with five levels of page tables. (Documentation/arch/x86/x86_64/mm.rst)
            tops.Set(thread, new Address(0x00ff_ffff_ffff_e001));
            tops.Of(thread).Should().Be(new Address(0x00ff_ffff_ffff_e090));
            tops.Of(other).Should().BeNull();
            tops.Set(other, new Address(0x1000));
            tops.Of(thread).Should().BeNull();
            tops.Set(thread, null);
            tops.Of(other).Should().BeNull();
            tops.Of(thread).Should().Be(new Address(ulong.MaxValue << 4 & ulong.MaxValue >> 6), "an address that bounds nothing");
        }
    }

    /// <summary>A hit that has come about after now.</summary>
    private static RawHit Next(Guarded guarded)
    {
        // What is on its way is from before.
        Thread.Sleep(100);
        int had = guarded.Recorder.Hits.Count;
        for (int i = 0; i < 1000; i++)
        {
            if (guarded.Recorder.Hits.Count > had)
                return guarded.Recorder.Hits.Last();
            Thread.Sleep(10);
        }

        throw new TimeoutException("no hit within 10 s");
    }
}
