// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Instructions;
using Xunit;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>At every instruction boundary of whole functions, objdump's preceding instruction must be found.</summary>
public sealed class SweepTests(StepTrace trace) : IClassFixture<StepTrace>
{
    private const string AddressProgram = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdio.h>
        #include <string.h>
        int main(void)
        {
            void *volatile functions[] = {memcpy, memmove, memset, strlen, memchr, strcmp};
            for (int i = 0; i < 6; i++) {
                Dl_info info;
                dladdr(functions[i], &info);
                printf("%s %lx\n", info.dli_fname, (unsigned long)((char *)functions[i] - (char *)info.dli_fbase));
            }
            return 0;
        }
        """;

    [Theory]
    [InlineData("All")]
    [InlineData("UnwindTable")]
    public void Boundaries_of_compiled_functions(string knowledge)
    {
        var module = new TestModule(trace.Program, Enum.Parse<Knowledge>(knowledge));
        List<Line> lines = trace.Listing.Lines.FindAll(line => IsSwept(line.Function));
        lines.Should().HaveCountGreaterThan(5000);
        Mismatches(module, lines).Should().BeEmpty();
    }

    [Fact]
    public void Boundaries_of_the_memcpy_family_in_a_stripped_library()
    {
        string folder = Tools.NewFolder();
        string source = Path.Combine(folder, "addresses.c");
        string program = Path.Combine(folder, "addresses");
        File.WriteAllText(source, AddressProgram);
        Tools.Run("gcc", "-O0", source, "-o", program);
        string[][] functions = [.. Tools.Lines(program).Where(line => line.Length > 0).Select(line => line.Split(' '))];
        functions.Should().HaveCount(6);
        foreach (string[] function in functions)
        {
            ulong start = ulong.Parse(function[1], NumberStyles.HexNumber);
            var listing = new Listing(function[0], $"--start-address={start}", $"--stop-address={start + 1500}");
            listing.Lines.Should().HaveCountGreaterThan(200);
            // objdump cuts the last instruction at the stop address.
            List<Line> lines = listing.Lines.FindAll(line => line.Address < start + 1485);
            Mismatches(new TestModule(function[0]), lines).Should().BeEmpty(function[0]);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Without any start the most frequent alignment is a guess. How good it is.</summary>
    [Fact]
    public void Boundaries_without_symbols_are_guessed_nearly_always()
    {
        List<Line> lines = trace.Listing.Lines.FindAll(line => IsSwept(line.Function));
        int wrong = Mismatches(new TestModule(trace.Program, Knowledge.Nothing), lines).Count;
        wrong.Should().BeLessThan(lines.Count / 100);
    }

    [Theory]
    [InlineData("All")]
    [InlineData("Nothing")]
    public void Every_explicit_memory_operand_is_proven_by_its_address(string knowledge)
    {
        var module = new TestModule(trace.Program, Enum.Parse<Knowledge>(knowledge));
        var finder = new InstructionFinder(module, _ => module);
        List<Line> lines = trace.Listing.Lines.FindAll(line => IsSwept(line.Function));
        var failures = new List<string>();
        int proven = 0;
        for (int i = 0; i + 1 < lines.Count; i++)
        {
            Line line = lines[i];
            ulong next = lines[i + 1].Address;
            bool isAmbiguous = lines[i + 1].Text.StartsWith("rep");
            if (lines[i + 1].Function != line.Function || isAmbiguous || Operand.Parse(line.Text, next) is not { } operand)
            {
                continue;
            }

            UserRegisters registers = Operand.Registers with { Rip = next };
            HardwareSlot slot = Hits.Access(operand.Address, 1);
            Instruction? found = finder.Find(Hits.Of(registers, slot), [slot]);
            bool isRight = found is not null && found.Address.Value == line.Address
                && (operand.IsLost || found.EffectiveAddress == slot.Address);
            if (found?.Proven == true && !isRight)
            {
                failures.Add($"{line}: {found}");
            }
            else if (knowledge == "All" && (!isRight || (!operand.IsLost && !found!.Proven)))
            {
                failures.Add($"{line}, {slot.Address}: {found}");
            }

            proven += found?.Proven == true ? 1 : 0;
        }

        failures.Should().BeEmpty();
        proven.Should().BeGreaterThan(1500);
    }

    /// <summary>Spaces, scales of 1 and comments aside.</summary>
    [Fact]
    public void Text_is_that_of_objdump()
    {
        var module = new TestModule(trace.Program);
        var decoder = new SiteDecoder(new CodeReader(module, _ => module), _ => module, new InstructionText(null));
        List<Line> lines = trace.Listing.Lines.FindAll(line => IsSwept(line.Function) && IsCommon(line.Text));
        lines.Should().HaveCountGreaterThan(4000);
        foreach (Line line in lines)
        {
            string expected = line.Text.Split('#', '<')[0].ToLowerInvariant()
                .Replace(" ", string.Empty).Replace("*1", string.Empty).Replace("+0x0]", "]");
            string actual = decoder.Decode(line.Address, 64).At!.Text.Replace(" ", string.Empty).Replace("+0x0]", "]");
            actual.Should().Be(expected);
        }
    }

    private static bool IsSwept(string function) =>
        function.StartsWith("case_") || function.Contains("workload") || function.Contains("sort") || function.Contains("vector")
        || function.Contains("_Rb_tree") || function.Contains("memmove") || function.Contains("memset") || function.Contains("memcpy")
        || function.Contains("strlen") || function is "__printf_fp_l" or "_int_malloc" or "_int_free";

    private static bool IsCommon(string text) =>
        text.Split(' ')[0] is "mov" or "add" or "sub" or "cmp" or "and" or "or" or "xor" or "inc" or "movups" or "movaps" or "movzx"
            or "push" or "pop" or "vmovdqu" or "vmovdqu64" or "test" or "lea" or "ret" or "movsd" or "cvttsd2si"
        && !text.Contains("rip+0xffff") && !text.Contains("s:0x") && !text.Contains("eiz") && !text.Contains("riz");

    private static List<string> Mismatches(TestModule module, List<Line> lines)
    {
        var decoder = new SiteDecoder(new CodeReader(module, _ => module), _ => module, new InstructionText(null));
        var mismatches = new List<string>();
        bool hasStarts = module.Knowledge != Knowledge.Nothing;
        for (int i = 1; i < lines.Count; i++)
        {
            CodeSite site = decoder.Decode(lines[i].Address, 64);
            bool isPadding = lines[i - 1].Text.Contains("nop") || lines[i - 1].Text.StartsWith("xchg   ax");
            if (lines[i].Function == lines[i - 1].Function && !isPadding
                && (site.IsCertain != hasStarts || site.Before.FirstOrDefault()?.Start != lines[i - 1].Address))
            {
                mismatches.Add($"{lines[i - 1]}: {site.Before.FirstOrDefault()?.Start:x}, certain: {site.IsCertain}");
            }
        }

        return mismatches;
    }
}
