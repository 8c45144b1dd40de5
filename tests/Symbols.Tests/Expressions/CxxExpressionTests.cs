// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>The C++ sample prints what address-of and sizeof give for each expression; the resolver must find the same.</summary>
public sealed class CxxExpressionTests(CxxPrograms programs) : IClassFixture<CxxPrograms>
{
    public static TheoryData<Toolchain> Toolchains => new(Toolchain.Pairs);

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void EveryPlaceIsWhereTheProgramSaysItIs(Toolchain toolchain)
    {
        RunningProgram program = programs[toolchain];

        program.Places.Should().HaveCountGreaterThan(80);
        program.Misplaced().Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void EveryValueReadsAsTheProgramPrintsIt(Toolchain toolchain)
    {
        RunningProgram program = programs[toolchain];
        foreach ((string text, string printed) in program.Values)
        {
            program.Show(program.Watch(text)).Number.ToString(CultureInfo.InvariantCulture).Should().Be(printed, text);
        }
    }

    [Theory]
    [InlineData("gcc")]
    [InlineData("clang")]
    public void ValuesAreShownAsTheirTypesSay(string compiler)
    {
        RunningProgram program = programs[Toolchain.Default with { Compiler = compiler }];
        string Show(string text) => program.Show(program.Watch(text)).Text;

        Show("ns::colour").Should().Be("ns::Colour::Blue");
        Show("ns::strange").Should().Be("(ns::Colour)9");
        Show("ns::mode").Should().Be("On");
        Show("atomic_int").Should().Be("41");
        Show("atomic_bool").Should().Be("true");
        Show("atomic_pointer").Should().Be("0x0");
        Show("utf16").Should().Be("120 u'x'");
        Show("both_pointer").Should().Be($"{program["both"]} <both>");
        Show("wide_box").Should().Be("{01 02 03 04 05}");
    }

    [Fact]
    public void TypesHaveTheirScopes()
    {
        RunningProgram program = programs[Toolchain.Default];

        program.Watch("ns::inner::origin").TypeName.Should().Be("ns::inner::Point");
        program.Watch("both_pointer").TypeName.Should().Be("Both *");
        program.Watch("ns::colour").TypeName.Should().Be("ns::Colour");
        program.Watch("ns::widget.part").TypeName.Should().Be("ns::Widget::Part");
        program.Watch("local_object").TypeName.Should().Be("(anonymous namespace)::Local");
        program.Watch("reference").TypeName.Should().Be("int");
    }

    [Fact]
    public void ReferencesAndThreadsOfPointersAreTold()
    {
        RunningProgram program = programs[Toolchain.Default];

        program.Watch("plain").Resolution.Should().BeNull();
        program.Watch("reference").Resolution.Should().Be($"&reference = {program["reference"]} <numbers+8>; reference at {program["reference"]}");
        program.Watch("both_pointer->own").Resolution.Should()
            .Be($"both_pointer = {program["both"]} <both>; both_pointer->own at {program["both.own"]}");
    }

    [Fact]
    public void WhatCannotBeWatchedSaysWhy()
    {
        RunningProgram program = programs[Toolchain.Default];

        program.Refusal("hidden").Should().Be("hidden is ambiguous; say which: main.cpp::hidden, more.cpp::hidden");
        program.Refusal("both.same").Should().Be("same is a member of several base classes of Both: write Base::same");
        program.Refusal("overloaded::place").Should().Contain("overloaded(int)::place").And.Contain("overloaded(double)::place");
        program.Refusal("ns::Widget::limit").Should().Contain("99").And.Contain("no memory");
        program.Refusal("both.frist").Should().Be("Both has no member frist; nearest: first");
        program.Unknown("ns::versoined").Should().Be("no variable is named 'ns::versoined'; nearest: ns::versioned");
        program.Unknown("x").Should().Contain("nearest: ns::x");
        program.Refusal("choose").Should().Be("choose is a function, not a variable: --hbreak 'choose' waits for its execution");
    }
}
