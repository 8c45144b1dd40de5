// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Expressions;
using Xunit;

namespace Livewatcher.Symbols.Tests.Conditions;

/// <summary>A condition that cannot be decided at a hit is refused with the part that stands against it.</summary>
public sealed class ConditionRefusalTests(CPrograms programs) : IClassFixture<CPrograms>
{
    [Theory]
    [InlineData("plain_int", "new == nobody", "no variable is named 'nobody'*")]
    [InlineData("plain_int", "new / 0 == 1", null)]
    [InlineData("plain_int", "1 / 0 == new", "1 / 0 divides by 0")]
    [InlineData("plain_int", "new == \"text\"", "new == \"text\": a text can be compared with thread only")]
    [InlineData("plain_int", "thread < \"text\"", "thread < \"text\": a thread's name is equal to a text (==) or is not (!=)")]
    [InlineData("plain_int", "thread == \"sixteen letters!\"", "\"sixteen letters!\" has 16 bytes, and the kernel keeps 15*")]
    [InlineData("plain_int", "new.x == 1", "new is a value, not an object in memory")]
    [InlineData("plain_int", "*new == 1", "new is no pointer")]
    [InlineData("plain_int", "new + 1.5 > 2", "new + 1.5 computes with fractions; a condition can only compare them")]
    [InlineData("first", "new == 0", "'new' has * bytes, and a condition decides on 8 at most*")]
    [InlineData("plain_int", "*anything == 0", "anything does not say what it points to*")]
    public void TheReasonNamesThePart(string watch, string condition, string? reason)
    {
        RunningProgram program = programs[Toolchain.Default];
        WatchResolution resolution = program.Resolve(new WatchRequest(watch, AccessMode.Write) { Filter = new HitFilter { Conditions = [condition] } });
        if (reason is null)
        {
            resolution.Should().BeOfType<WatchResolution.Resolved>("it is undecided then");
            return;
        }

        string text = resolution switch
        {
            WatchResolution.Impossible { Reason: var why } => why,
            WatchResolution.UnknownName { Reason: var why } => why,
            _ => "it is resolved",
        };
        text.Should().Match($"the condition {condition} of '{watch}': {reason}");
    }

    [Fact]
    public void AnExpectationIsTurnedOver()
    {
        RunningProgram program = programs[Toolchain.Default];
        var filter = new HitFilter { Conditions = ["new > 3"], Expectations = ["new < 9", "old != 4"] };
        var resolved = (WatchResolution.Resolved)program.Resolve(new WatchRequest("plain_int", AccessMode.Write) { Filter = filter });
        Condition condition = resolved.Watch.Condition!;
        condition.Text.Should().Be("(new > 3) && (!(new < 9)) && (!(old != 4))");
        condition.UsesValues.Should().BeTrue();
        Verdict Decide(ulong? now, ulong? old) => ConditionMachine.Evaluate(condition, new ConditionInput(now, old, 1, 1, 0, 1, "", null));
        Decide(9, 4).Should().Be(Verdict.Holds);
        Decide(8, 4).Should().Be(Verdict.Fails);
        Decide(9, null).Should().Be(Verdict.Undecided, "what is not known cannot be compared");
        Decide(1, null).Should().Be(Verdict.Fails, "the first part decides");
    }
}
