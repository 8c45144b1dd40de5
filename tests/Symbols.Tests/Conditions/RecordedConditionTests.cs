// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using AwesomeAssertions;
using CsCheck;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Expressions;
using Xunit;

namespace Livewatcher.Symbols.Tests.Conditions;

/// <summary>A condition on a recording's hits, which have values as they were shown and a description of their type, gives the verdict that it
/// would have given at the hit.</summary>
public sealed class RecordedConditionTests(CPrograms programs) : IClassFixture<CPrograms>
{
    private const int HitsForEach = 200;

    private static readonly Gen<ulong> Bytes = Gen.OneOf(Gen.ULong, Gen.ULong[0, 9], Gen.Double.Select(BitConverter.DoubleToUInt64Bits), Gen.Const(ulong.MaxValue));

    [Theory]
    [InlineData("plain_int", "new < old || new == -42")]
    [InlineData("plain_int", "new % 3 == 1 && (unsigned)old > 7")]
    [InlineData("small", "new - old > 100 || new == 255")]
    [InlineData("negative", "new < 0 && old >= -3")]
    [InlineData("letter", "new == 'a' || old < new")]
    [InlineData("yes", "new && !old")]
    [InlineData("huge", "new > 0x7fffffffffffffff")]
    [InlineData("real_float", "new > old || new == 0.1f")]
    [InlineData("real_double", "new > 1.5 && old < new")]
    [InlineData("state", "new == ST_BROKEN || old == ST_OPEN || new > ST_CLOSED")]
    [InlineData("flags", "(new & F_WRITE) != 0 && old != F_ALL")]
    [InlineData("head", "new == 0 || new - old > 3 || (uintptr_t)new < 4096")]
    [InlineData("bits.count", "new > 17 || new == old + 1")]
    [InlineData("bits.level", "new < -2 || old == 7")]
    [InlineData("bits.mode", "new == F_EXEC || new < old")]
    [InlineData("bits.done", "new != old")]
    [InlineData("bits", "new.ready && new.count > 9 || old.level < 0")]
    [InlineData("huge:4", "new == 9 || new > old")]
    [InlineData("plain_int:2", "new > 0x7fff")]
    [InlineData("plain_int", "tid == 7 && cpu == 1 && pid == 9 && count == 3 && thread == \"work*\" && new > 0")]
    public void TheVerdictIsThatOfTheHit(string expression, string condition)
    {
        RunningProgram program = programs[Toolchain.Default];
        WatchResolution resolution = program.Resolve(new WatchRequest(expression, AccessMode.Write) { Filter = new HitFilter { Conditions = [condition] } });
        Watch watch = resolution.Should().BeOfType<WatchResolution.Resolved>().Subject.Watch;
        RecordedCondition recorded = RecordedCondition.Compile(condition, Stored(watch));
        HashSet<Verdict> seen = [];
        Gen.Select(Bytes, Bytes).Sample(
            (now, old) =>
            {
                Verdict expected = ConditionMachine.Evaluate(watch.Condition!, new ConditionInput(Cut(now, watch), Cut(old, watch), 7, 9, 1, 3, "worker", null));
                seen.Add(expected);
                return recorded.Decide(HitOf(watch, now, old), 3) == expected;
            },
            iter: HitsForEach,
            threads: 1);
        seen.Should().HaveCountGreaterThan(1, "a condition that always holds proves nothing");
    }

    [Fact]
    public void WhatIsNotKnownIsUndecided()
    {
        Watch watch = programs[Toolchain.Default].Watch("plain_int");
        Hit escaped = HitOf(watch, 5, 4) with { EscapedSince = DateTimeOffset.UnixEpoch, Thread = null, ThreadName = null, Cpu = null };
        Decide("new == 5", escaped).Should().Be(Verdict.Holds);
        Decide("tid == 7", escaped).Should().Be(Verdict.Undecided);
        Decide("thread != \"main\"", escaped).Should().Be(Verdict.Undecided);
        Decide("new == 6 && cpu == 0", escaped).Should().Be(Verdict.Fails, "the first part decides");
        Decide("old == 4", escaped with { Old = null }).Should().Be(Verdict.Undecided);
        Decide("new == 5", escaped with { New = new Value(ValueKind.Bytes, "{05 00}") }).Should().Be(Verdict.Undecided, "two of four bytes are no int");
        Verdict Decide(string text, Hit hit) => RecordedCondition.Compile(text, Stored(watch)).Decide(hit, 1);
    }

    [Theory]
    [InlineData("plain_int", "new == other_int", "'other_int' is no word of a condition; a recording knows what was watched and no other memory of the program")]
    [InlineData("state", "new == ST_OPE", "'ST_OPE' is no word of a condition and no enumerator of enum state; nearest: ST_OPEN; a recording knows*")]
    [InlineData("head", "new->state == 1", "it follows a pointer; *")]
    [InlineData("message", "*new == 'h'", "it follows a pointer; a recording knows what was watched and no other memory of the program")]
    [InlineData("bits", "new.reday", "struct bits has no member reday that the recording knows; nearest: ready")]
    [InlineData("plain_int", "(state_t)new == 1", "(state_t): a recording knows C's own types and those of <stdint.h>, not the program's")]
    [InlineData("text", "new == 0", "'new' has 12 bytes, and a condition decides on 8 at most: watch a part of it")]
    [InlineData("main", "new == 0", "an execution breakpoint has no old and new value")]
    public void TheReasonNamesThePart(string expression, string condition, string reason)
    {
        RunningProgram program = programs[Toolchain.Default];
        Watch watch = expression == "main" ? program.Break("main") : program.Watch(expression);
        Action compile = () => RecordedCondition.Compile(condition, Stored(watch));
        compile.Should().Throw<UserException>().Which.Message.Should().Match($"--filter '{condition}' on the hits of '{expression}': {reason}");
    }

    [Fact]
    public void WithoutADescriptionOnlyValuesCannotBeAskedFor()
    {
        Watch bare = programs[Toolchain.Default].Watch("plain_int") with { Shape = null };
        RecordedCondition.Compile("tid == 7 && count < 9", bare).Decide(HitOf(bare, 1, 0), 1).Should().Be(Verdict.Holds);
        Action compile = () => RecordedCondition.Compile("tid == 7 || -(new) == 1", bare);
        compile.Should().Throw<UserException>().WithMessage("*the recording does not keep the type of what was watched*tid, pid, cpu, thread and count can be asked for");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"pointer":7,"type":{"kind":"integer"}}""")]
    [InlineData("""{"pointer":8,"bits":65,"type":{"kind":"integer"}}""")]
    [InlineData("""{"pointer":8,"type":{"kind":5}}""")]
    [InlineData("""{"pointer":8,"type":{"kind":"enumeration","name":"e","size":4,"enumerators":[[null,1]]}}""")]
    [InlineData("""{"pointer":8,"type":{"kind":"enumeration","name":"e","size":4,"enumerators":[["A"]]}}""")]
    [InlineData("""{"pointer":8,"type":{"kind":"aggregate","name":"s","size":4,"members":[["x",18446744073709551615,0,{"kind":"integer"}]]}}""")]
    public void ADescriptionThatLiesIsDamaged(string shape)
    {
        Watch watch = programs[Toolchain.Default].Watch("plain_int") with { Shape = shape };
        Action compile = () => RecordedCondition.Compile("new == 1", watch);
        compile.Should().Throw<UserException>().WithMessage("*the recording's description of its type is damaged");
    }

    /// <summary>As it comes out of a recording: nothing of the program is in it.</summary>
    private static Watch Stored(Watch watch) =>
        new(new WatchRequest(watch.Label, watch.Mode, watch.Length), watch.Address, watch.Length, new NoFormat(), watch.TypeName, null) { Shape = watch.Shape };

    private static ulong Cut(ulong bytes, Watch watch) => watch.Length == 8 ? bytes : bytes & ((1UL << (watch.Length * 8)) - 1);

    private static Hit HitOf(Watch watch, ulong now, ulong old) => new()
    {
        Sequence = 1,
        Time = DateTimeOffset.UnixEpoch,
        Watch = watch,
        Address = watch.Address,
        New = Shown(watch, now),
        Old = Shown(watch, old),
        Process = new ProcessId(9),
        Thread = new ThreadId(7),
        ThreadName = "worker",
        Cpu = 1,
        Stack = CallStack.Empty,
    };

    private static Value Shown(Watch watch, ulong bits)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, bits);
        return watch.Format.Format(bytes[..watch.Length], _ => null);
    }

    private sealed class NoFormat : IValueFormat
    {
        public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf) => throw new NotSupportedException("Nobody formats here.");
    }
}
