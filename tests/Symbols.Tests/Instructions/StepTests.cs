// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Instructions;
using Xunit;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>What the processor did, one instruction at a time, against what the finder makes of the state after it.</summary>
public sealed class StepTests(StepTrace trace) : IClassFixture<StepTrace>
{
    private const string Unprovable = "case_lost";
    private static readonly int[] s_lengths = [1, 2, 4, 8];

    [Fact]
    public void The_trace_holds_what_it_is_to_hold()
    {
        trace.Steps.Should().HaveCountGreaterThan(900);
        trace.Steps.Select(step => trace.Listing.At(step.From).Function).Distinct().Should().HaveCountGreaterThan(20)
            .And.Contain(["case_move", "case_modify", "case_opaque", "case_exchange"])
            .And.Contain(["case_strings", "case_stack", "case_thread", "case_lost"]);
    }

    [Theory]
    [InlineData("All", 1)]
    [InlineData("All", 2)]
    [InlineData("All", 4)]
    [InlineData("All", 8)]
    [InlineData("UnwindTable", 8)]
    [InlineData("Nothing", 8)]
    public void Every_writer_is_found_and_proven(string knowledge, int length)
    {
        var module = new TestModule(trace.Program, Enum.Parse<Knowledge>(knowledge));
        ulong threadPointer = 0;
        var finder = new InstructionFinder(module, _ => module, null, _ => new Address(threadPointer));
        var failures = new List<string>();
        foreach (Step step in trace.Steps)
        {
            threadPointer = step.ThreadPointer;
            foreach (HardwareSlot slot in step.ChangedSlots(length))
            {
                Check(finder, step, slot, failures);
            }
        }

        failures.Should().BeEmpty();
    }

    [Fact]
    public void Code_that_no_module_holds_is_read_from_memory()
    {
        var module = new TestModule(trace.Program);
        var finder = new InstructionFinder(module, _ => null, null, _ => new Address(trace.Steps[0].ThreadPointer));
        var failures = new List<string>();
        foreach (Step step in trace.Steps)
        {
            step.ChangedSlots(8).ToList().ForEach(slot => Check(finder, step, slot, failures));
        }

        failures.Should().BeEmpty();
    }

    [Fact]
    public void Values_computed_from_registers_are_what_memory_holds()
    {
        var module = new TestModule(trace.Program);
        var finder = new InstructionFinder(module, _ => module, null, _ => new Address(trace.Steps[0].ThreadPointer));
        var known = new HashSet<string>();
        var unknown = new HashSet<string>();
        var failures = new List<string>();
        foreach (Step step in trace.Steps)
        {
            foreach (HardwareSlot slot in s_lengths.SelectMany(step.ChangedSlots))
            {
                RawHit hit = Hits.Of(step.Registers, slot, step.Stack);
                Line line = trace.Listing.At(step.From);
                ulong? value = finder.NewValue(hit, slot, step.Bytes(step.Before, slot));
                if (value is not null && value != step.Bytes(step.After, slot))
                {
                    failures.Add($"{line}: {slot} {value:x} is not {step.Bytes(step.After, slot):x}");
                }

                (value is null && slot.Length == 8 ? unknown : known).Add($"{line.Function}: {line.Text}");
                ulong? blind = finder.NewValue(hit, slot, null);
                if (blind is not null && blind != step.Bytes(step.After, slot))
                {
                    failures.Add($"{line}: {slot} without the old value: {blind:x}");
                }
            }
        }

        failures.Should().BeEmpty();
        unknown.Where(text => text.StartsWith("case_move:") || text.StartsWith("case_modify:") || text.StartsWith("case_exchange:"))
            .Should().BeEquivalentTo("case_move: mov    WORD PTR [rbx+0x7e],ds");
        known.Should().Contain(text => text.Contains("rep stos"));
    }

    [Fact]
    public void What_a_plain_store_stores_is_given()
    {
        var module = new TestModule(trace.Program);
        var finder = new InstructionFinder(module, _ => module);
        Step[] plain = [.. trace.Steps.Where(
            step => trace.Listing.At(step.From) is { Function: "case_move" } line && !line.Text.EndsWith(",ds"))];
        plain.Should().HaveCountGreaterThan(20);
        foreach (Step step in plain)
        {
            Instruction found = finder.Find(Hits.Of(step.Registers, step.ChangedSlots(1).First()), [.. step.ChangedSlots(1)])!;
            int offset = (int)(found.EffectiveAddress!.Value.Value - step.Address);
            ulong stored = found.Stores!.Value;
            for (int i = 0; i < 8 && stored >> (i * 8) != 0; i++)
            {
                step.After[offset + i].Should().Be((byte)(stored >> (i * 8)), found.Text);
            }
        }
    }

    private void Check(InstructionFinder finder, Step step, HardwareSlot slot, List<string> failures)
    {
        Line line = trace.Listing.At(step.From);
        HardwareSlot[] slots = [Hits.Write(0x10, 8), slot, Hits.Write(slot.Address.Value + 4096, 8)];
        Instruction? found = finder.Find(
            Hits.Of(step.Registers, slot, step.Stack, 1, old: step.Bytes(step.Before, slot), now: step.Bytes(step.After, slot)), slots);
        bool mustBeProven = line.Function != Unprovable;
        if (found is null || found.Address.Value != step.From || found.Proven != mustBeProven)
        {
            failures.Add($"{line}, slot {slot.Address}:{slot.Length}: {found}");
        }

        RawHit recovered = Hits.Of(step.Registers, slot, step.Stack, -1);
        int[] touched = [.. finder.TouchedSlots(recovered, slots)];
        if (!touched.SequenceEqual(mustBeProven ? [1] : Array.Empty<int>()))
        {
            failures.Add($"{line}, recovered, slot {slot.Address}:{slot.Length}: [{string.Join(',', touched)}]");
        }
    }
}
