// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Files;
using Livewatcher.Symbols.Tests.Expressions;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Arising;

/// <summary>Where in its frame a function has what is watched: the program itself says it, by __builtin_dwarf_cfa().</summary>
public sealed class FrameTests
{
    private const string Source = """
        #include <stdio.h>
        #include <string.h>
        struct pair { int first; long second; };
        static long cfa(const volatile void *what, void *from) { return (const volatile char *)what - (char *)from; }
        static long guard(void) { long word; __asm__("movq %%fs:0x28, %0" : "=r"(word)); return word; }
        __attribute__((noinline)) int work(int count, const char *text)
        {
            volatile char buffer[40];
            volatile struct pair pair = {count, 2};
            char *top = __builtin_dwarf_cfa();
            for (int i = 0; i < 39; i++)
                buffer[i] = (char)(text[0] + i);
            printf("work::buffer[7] %ld\n", cfa(&buffer[7], top));
            printf("work::pair.second %ld\n", cfa(&pair.second, top));
            long *word = (long *)(top - 8);
            while (*--word != guard())
                continue;
            printf("canary %ld\n", cfa(word, top));
            if (count > 100)
                return (int)strlen(text);
            return buffer[count & 31] + pair.first;
        }
        __attribute__((noinline)) int early(int count)
        {
            if (count < 3)
                return count;
            return work(count, "early") * 2;
        }
        int main(int argc, char **argv) { (void)argv; return early(argc + 5) == 77; }
        """;

    public static TheoryData<Toolchain> Toolchains => new(Toolchain.Pairs);

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void EverythingIsWhereTheProgramSaysItIs(Toolchain toolchain)
    {
        using var workshop = new Workshop();
        string path = Build(workshop, toolchain);
        using ProgramFile program = ProgramFile.Open(path, []);
        using TargetSymbols symbols = new(program);
        List<string[]> said = [.. Shell.Run(path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
        said.Should().HaveCount(3);
        foreach (string[] fact in said)
        {
            ArisingRule rule = fact[0] == "canary" ? new ArisingRule.Canary("work") : new ArisingRule.Local();
            ArisingResolution found = symbols.ResolveArising(new WatchRequest(fact[0], AccessMode.Write) { Arising = rule });
            found.Reason.Should().BeNull();
            found.Plan!.Offset.Should().Be(long.Parse(fact[1], CultureInfo.InvariantCulture), $"{fact[0]}, {toolchain}");
        }
    }

    /// <summary>As objdump lists them.</summary>
    [Theory]
    [MemberData(nameof(Toolchains))]
    public void EveryReturnHasAProbe(Toolchain toolchain)
    {
        using var workshop = new Workshop();
        string path = Build(workshop, toolchain);
        using ProgramFile program = ProgramFile.Open(path, []);
        using TargetSymbols symbols = new(program);
        ArisingPlan plan = symbols.ResolveArising(new WatchRequest("", AccessMode.Write) { Arising = new ArisingRule.ReturnAddress("work") }).Plan!;
        plan.Offset.Should().Be(-8);
        plan.Places[0].Kind.Should().Be(ProbeKind.Enter);
        string[] listing = [.. Shell.Run("objdump", "-d", "--no-show-raw-insn", "--disassemble=work", path).Split('\n').Where(line => line.Contains(":\t", StringComparison.Ordinal))];
        long bias = (long)plan.Places[0].Address.Value - AddressOf(listing[0]);
        plan.Places.Where(place => place.Kind == ProbeKind.Leave).Select(place => (long)place.Address.Value - bias).Should().BeEquivalentTo(
            listing.Where(line => line.Contains("\tret", StringComparison.Ordinal)).Select(AddressOf));
    }

    [Theory]
    [InlineData("work::nothing", "work* has no variable nothing*")]
    [InlineData("work::buffer", "*has 40 bytes: a watch that arms itself takes one debug register*")]
    [InlineData("work::text[0]", "*0x3*")]
    [InlineData("nowhere::x", "no function is named 'nowhere'*")]
    [InlineData("plain", "*plain*")]
    public void WhatCannotBeHadIsRefusedWithItsReason(string expression, string why)
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, Toolchain.Default), []);
        using TargetSymbols symbols = new(program);
        ArisingResolution found = symbols.ResolveArising(new WatchRequest(expression, AccessMode.Write) { Arising = new ArisingRule.Local() });
        found.Plan.Should().BeNull();
        found.Reason.Should().Match(why);
    }

    [Fact]
    public void AFunctionWithoutAStackProtectorHasNoWord()
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, Toolchain.Default), []);
        using TargetSymbols symbols = new(program);
        symbols.ResolveArising(new WatchRequest("", AccessMode.Write) { Arising = new ArisingRule.Canary("early") }).Reason.Should()
            .StartWith("early has no stack protector's word");
    }

    private static string Build(Workshop workshop, Toolchain toolchain) => workshop.Build(
        toolchain.Compiler, "frames", [.. toolchain.Compile, toolchain.Link, "-fstack-protector-strong", "-w"], workshop.Write("frames.c", Source));

    private static long AddressOf(string line) => long.Parse(line.AsSpan(0, line.IndexOf(':', StringComparison.Ordinal)).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
