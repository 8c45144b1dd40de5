// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Xunit;

namespace Livewatcher.Live.Tests.Reports;

/// <summary>Who did it: checks that hold for each hit of a run, complete or not, recovered or not.</summary>
internal static partial class Writers
{
    /// <summary>The innermost frame is this function, at the marked line.</summary>
    public static void AreAt(IEnumerable<HitLine> hits, string function, string source, string marker)
    {
        var line = Source.Line(source, marker);
        foreach (var hit in hits)
        {
            var frame = hit.Stack.Count > 0 ? hit.Stack[0] : null;
            if (frame is null || frame.Function != function || frame.FileName != source || frame.Line != line)
            {
                Assert.Fail($"{function} {source}:{line} is the writer, but this hit says otherwise: {hit}");
            }
        }
    }

    /// <summary>The innermost frame of this source file is this function, at the marked line: library code that was
    /// called or inlined may stand above it.</summary>
    public static void AreBelow(IEnumerable<HitLine> hits, string function, string source, string marker)
    {
        var line = Source.Line(source, marker);
        foreach (var hit in hits)
        {
            var frame = hit.Stack.FirstOrDefault(frame => frame.FileName == source);
            if (frame is null || frame.Function != function || frame.Line != line)
            {
                Assert.Fail($"{function} {source}:{line} is the writer, but this hit says otherwise: {hit}");
            }
        }
    }

    /// <summary>The instruction has a memory operand as its first one, and is proven by its address.</summary>
    public static void AreStores(IEnumerable<HitLine> hits)
    {
        foreach (var hit in hits)
        {
            if (hit.Instruction is not { Proven: true } instruction || !Store().IsMatch(instruction.Text))
            {
                Assert.Fail($"No proven store: {hit}, proven {hit.Instruction?.Proven}");
            }
        }
    }

    /// <summary>Each stack goes down to where threads start.</summary>
    public static void HaveWholeStacks(IEnumerable<HitLine> hits, string outermostOwnFunction)
    {
        foreach (var hit in hits)
        {
            if (hit.StackCut is not null || hit.Stack.All(frame => frame.Function != outermostOwnFunction))
            {
                Assert.Fail($"The stack does not reach {outermostOwnFunction}: {hit}");
            }
        }
    }

    /// <summary>Each old value is the one that the hit before it has left.</summary>
    public static void FormChain(IReadOnlyList<HitLine> hits, long first)
    {
        var expected = first;
        foreach (var hit in hits)
        {
            hit.OldNumber.Should().Be(expected, $"that is what the hit before has left: {hit}");
            expected = hit.NewNumber;
        }
    }

    /// <summary>The values are first, first + 1 and so on.</summary>
    public static void CountUp(IReadOnlyList<HitLine> hits, long first = 1)
    {
        FormChain(hits, hits.Count == 0 ? 0 : hits[0].OldNumber);
        hits.Select(hit => hit.NewNumber).Should().Equal(Enumerable.Range(0, hits.Count).Select(i => first + i));
    }

    [GeneratedRegex(@"^(lock |rep )?[a-z]\w* ((byte|word|dword|qword|oword|xmmword) ptr )?(fs:|es:)?\[", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Store();
}
