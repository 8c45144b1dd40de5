// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>The C sample prints what address-of and sizeof give for each expression; the resolver must find the same.</summary>
public sealed class CExpressionTests(CPrograms programs) : IClassFixture<CPrograms>
{
    public static TheoryData<Toolchain> Toolchains => new(Toolchain.All);

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void EveryPlaceIsWhereTheProgramSaysItIs(Toolchain toolchain)
    {
        RunningProgram program = programs[toolchain];

        program.Places.Should().HaveCountGreaterThan(90);
        program.Misplaced().Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void EveryValueReadsAsTheProgramPrintsIt(Toolchain toolchain)
    {
        RunningProgram program = programs[toolchain];

        program.Values.Should().HaveCountGreaterThan(25);
        foreach ((string text, string printed) in program.Values)
        {
            Value value = program.Show(program.Watch(text));
            string shown = value.Kind switch
            {
                ValueKind.Float when text != "real_long" => value.Real.ToString("G17", CultureInfo.InvariantCulture),
                ValueKind.Float => value.Text,
                _ => value.Number.ToString(CultureInfo.InvariantCulture),
            };
            string expected = value.Kind == ValueKind.Float && text != "real_long"
                ? double.Parse(printed, CultureInfo.InvariantCulture).ToString("G17", CultureInfo.InvariantCulture)
                : printed;
            shown.Should().Be(expected, text);
        }
    }

    [Fact]
    public void TypesAreWrittenAsGdbWritesThem()
    {
        RunningProgram program = programs[Toolchain.Default];
        string[] expressions =
        [
            "plain_int", "table", "table[1]", "head", "*head", "head->limits", "head->where", "message", "*message", "first.handler", "connections",
            "indirect", "row", "*row", "function_pointer", "state", "head->state", "fixed_table", "seldom", "anything", "nameless.x", "(conn_t*)head",
            "growing->tail", "only_here", "pair", "huge", "stamp", "real_long", "widest",
        ];
        string answers = Shell.Run(
            "gdb", ["-batch", "-nx", .. expressions.SelectMany(e => new[] { "-ex", $"whatis {e}" }), $"/proc/{program.Id}/exe"]);
        string[] types = [.. answers.Split('\n').Where(l => l.StartsWith("type = ", StringComparison.Ordinal)).Select(l => l["type = ".Length..])];

        types.Should().HaveCount(expressions.Length);
        foreach ((string expression, string type) in expressions.Zip(types))
        {
            string? found = expression == "(conn_t*)head" ? program.Watch("*(conn_t*)head").TypeName + " *"
                : expression == "growing->tail" ? program.Watch(expression, 4).TypeName : program.Watch(expression).TypeName;
            found.Should().Be(type, expression);
        }
    }
}
