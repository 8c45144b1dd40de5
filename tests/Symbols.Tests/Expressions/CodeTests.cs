// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Expressions.Programs;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>Execution breakpoints: functions against the pointers that the program prints, lines against objdump.</summary>
public sealed class CodeTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public CodeTests() => _workshop.Write("facts.h", CProgram.Facts);

    public static TheoryData<Toolchain> Toolchains => new(Toolchain.Pairs);

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void FunctionsBeginWhereTheirPointersPoint(Toolchain toolchain)
    {
        using RunningProgram program = Build(toolchain);

        program.Places.Should().HaveCount(5);
        foreach (RunningProgram.Place place in program.Places)
        {
            Watch watch = program.Break(place.Text);
            watch.Address.Should().Be(place.Address, place.Text);
            watch.Length.Should().Be(1);
            watch.Resolution.Should().StartWith("entry of ");
        }
    }

    [Theory]
    [InlineData("g++", "-O0")]
    [InlineData("g++", "-O2", "-fno-inline")]
    [InlineData("clang++", "-O0")]
    [InlineData("clang++", "-O1", "-fno-inline")]
    [InlineData("g++", "-O0", "-g0")]
    public void CxxFunctionsAreFoundWithAndWithoutParameters(string compiler, string level, string extra = "-g")
    {
        using var program = new RunningProgram(_workshop.Build(compiler, "cxx", ["-g", level, extra], _workshop.Write("code.cpp", CodeProgram.Cxx)));

        program.Places.Should().HaveCount(18);
        foreach (RunningProgram.Place place in program.Places.Where(p => extra != "-g0" || !p.Text.StartsWith("code.cpp", StringComparison.Ordinal)))
        {
            program.Break(place.Text).Address.Should().Be(place.Address, place.Text);
        }

        program.Refusal("overloaded", mode: AccessMode.Execute).Should()
            .Be("overloaded names 2 functions; say which: overloaded(int), overloaded(unsigned long)");
        program.Refusal("grow", mode: AccessMode.Execute).Should().Contain("ns::Widget::grow(int)").And.Contain("ns::Widget::grow(double)");
        program.Break("ns::Widget::look").Resolution.Should().Be("entry of ns::Widget::look() const");
        program.Unknown("ns::Widget::lok", AccessMode.Execute).Should().Contain("nearest: ns::Widget::look");
    }

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void LinesAreWhereObjdumpSeesThem(Toolchain toolchain)
    {
        using RunningProgram program = Build(toolchain);
        var decoded = new DecodedLines($"/proc/{program.Id}/exe");
        ulong bias = program.Modules.Single(m => m.IsMainProgram).Bias;
        int[] lines = [.. decoded.Lines("first.c")];

        lines.Should().HaveCountGreaterThan(8);
        foreach (int line in lines)
        {
            Watch watch = program.Break($"first.c:{line}");
            (watch.Address.Value - bias).Should().Be(decoded.Of("first.c", line).First(), $"line {line}");
            watch.Resolution.Should().StartWith($"line {line} of first.c, in ");
        }
    }

    [Fact]
    public void WhatIsChosenIsTold()
    {
        using RunningProgram program = Build(Toolchain.Default);
        string source = Path.Combine(_workshop.Folder, "first.c");
        int empty = Workshop.LineOf(source, "NO CODE HERE");
        int loop = Workshop.LineOf(source, "LOOP LINE");

        program.Break($"first.c:{empty}").Resolution.Should().Be($"line {empty} of first.c has no code, line {empty + 1} is the next that has, in work");
        program.Break($"first.c:{empty}").Address.Should().Be(program.Break($"first.c:{empty + 1}").Address);
        program.Break($"{source}:{loop}").Address.Should().Be(program.Break($"first.c:{loop}").Address);
        program.Refusal("first.c:9999", mode: AccessMode.Execute).Should()
            .Be($"first.c has no code at or after line 9999; its last is line {Workshop.LineOf(source, "/* LAST */")}");
        program.Unknown("frist.c:5", AccessMode.Execute).Should().Be("no code comes from a file frist.c; nearest: first.c");
    }

    [Fact]
    public void AddressesAndOffsetsMustBeInstructions()
    {
        using RunningProgram program = Build(Toolchain.Default);
        Address work = program["work"];

        program.Break(work.ToString()).Address.Should().Be(work);
        program.Break("work+1").Address.Should().Be(work + 1);
        program.Break("work + 0x1").Resolution.Should().Be("in work");
        program.Refusal("work+2", mode: AccessMode.Execute).Should().Be($"work+2 is inside the instruction at {work + 1} and would never be reached");
        program.Refusal((work + 2).ToString(), mode: AccessMode.Execute).Should().EndWith("would never be reached");
        program.Refusal("work+100000", mode: AccessMode.Execute).Should().StartWith("work+100000 is behind the end of work, which has ");
        program.Refusal("0x10", mode: AccessMode.Execute).Should().Be("0x10 is at 0x10, which is not executable memory");
        program.Refusal("", mode: AccessMode.Execute).Should().Be("a breakpoint takes a function, FILE:LINE or an address");
        program.Refusal("g_value", mode: AccessMode.Execute).Should().Be("g_value is a variable, not a function: --watch 'g_value' waits for writes to it");
        program.Refusal("only_inlined", mode: AccessMode.Execute).Should()
            .Be("only_inlined has no code of its own: it is inlined wherever it is called; give a line of it, as first.c:LINE");
        program.Refusal("init", mode: AccessMode.Execute).Should().Be("init names 2 functions; say which: first.c::init, second.c::init");
        program.Unknown("wrok", AccessMode.Execute).Should().Be("no function is named 'wrok'; nearest: work");
    }

    [Fact]
    public void CopiesOfALineAreTold()
    {
        string header = _workshop.Write("shared.h", """
            extern volatile int total;
            static inline __attribute__((always_inline)) void add(int n)
            {
                total += n; /* THE LINE */
            }
            """);
        string source = _workshop.Write("copies.c", """
            #include "facts.h"
            #include "shared.h"
            volatile int total;
            __attribute__((noinline)) void one(void) { add(1); }
            __attribute__((noinline)) void two(void) { add(2); }
            int main(void) { one(); two(); ready(); return total; }
            """);
        using var program = new RunningProgram(_workshop.Build("gcc", "copies", ["-g", "-O2"], source));
        int line = Workshop.LineOf(header, "THE LINE");
        ulong bias = program.Modules.Single(m => m.IsMainProgram).Bias;
        ulong[] addresses = [.. new DecodedLines($"/proc/{program.Id}/exe").Of("shared.h", line)];

        Watch watch = program.Break($"shared.h:{line}");

        (watch.Address.Value - bias).Should().Be(addresses[0]);
        watch.Resolution.Should().StartWith($"line {line} of shared.h, in one; not armed are its copies at ").And.EndWith(" in two");
    }

    public void Dispose() => _workshop.Dispose();

    private RunningProgram Build(Toolchain toolchain) => new(_workshop.Build(
        toolchain.Compiler, "code", [.. toolchain.Compile, toolchain.Link],
        _workshop.Write("first.c", CodeProgram.First), _workshop.Write("second.c", CodeProgram.Second)));
}
