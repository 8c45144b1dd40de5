// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>What cannot be watched says why, and what to write instead.</summary>
public sealed class RefusalTests(CPrograms programs) : IClassFixture<CPrograms>
{
    private RunningProgram Program => programs[Toolchain.Default];

    [Theory]
    [InlineData("plain_int)", "unexpected ')' at column 10")]
    [InlineData("table[1", "unexpected end of expression at column 8, where ']' should be")]
    [InlineData("", "unexpected end of expression at column 1")]
    [InlineData("head->", "unexpected end of expression at column 7, where a member's name should be")]
    [InlineData("head->1", "unexpected '1' at column 7, where a member's name should be")]
    [InlineData("plain_int = 3", "unexpected '=' at column 11")]
    [InlineData("*(struct conn*0)", "unexpected '0' at column 15, where the rest of a type or ')' should be")]
    [InlineData("(long short)plain_int", "'long short' is not a type, at column 2")]
    [InlineData("099", "'099' is not a number at column 1")]
    [InlineData("table[99999999999999999999]", "'99999999999999999999' does not fit into 64 bits at column 7")]
    [InlineData("0x1000:", "unexpected end of expression at column 8, where a length should be")]
    [InlineData("first@", "unexpected end of expression at column 7, where a thread's name or id should be")]
    [InlineData("a\u001b[31m", "unexpected character U+001B at column 2")]
    public void SyntaxErrorsNameTheColumn(string expression, string reason) => Program.Refusal(expression).Should().Be(reason);

    [Fact]
    public void DepthAndLengthAreLimited()
    {
        Program.Refusal(new string('(', 900) + "plain_int" + new string(')', 100)).Should().Be("nested deeper than 64 levels at column 65");
        Program.Refusal(new string('*', 500) + "head").Should().Be("nested deeper than 64 levels at column 65");
        Program.Refusal(new string('x', 5000)).Should().Be("the expression has 5000 characters; at most 1024 are read");
    }

    [Theory]
    [InlineData("null_conn->state", "null_conn is NULL, so null_conn->state has no address")]
    [InlineData("second.where[0]->soft", "second.where[0] is NULL, so second.where[0]->soft has no address")]
    [InlineData("connections[3]->next->state", "connections[3] is NULL, so connections[3]->next has no address")]
    [InlineData("wild->next->state", "wild->next is at 0x28, where the memory cannot be read")]
    [InlineData("wild->state", "wild->state is at 0x34, where the process has no readable memory")]
    [InlineData("*anything", "anything does not say what it points to: cast it, as in *(long*)(anything)")]
    [InlineData("*plain_int", "plain_int has type int and is no pointer")]
    [InlineData("*0x1000", "0x1000 is a number without a type to point to: write *(long*)0x1000 or 0x1000:8")]
    [InlineData("0x1000", "0x1000 is an address without a type: write *(long*)(0x1000), or say how many bytes, as 0x1000:8")]
    [InlineData("0x10:4", "0x10:4 is at 0x10, where the process has no readable memory")]
    [InlineData("&plain_int", "&plain_int is an address; to watch what is there write *(&plain_int)")]
    [InlineData("plain_int + 1", "plain_int + 1 is a value, not an object in memory")]
    [InlineData("plain_int.x", "plain_int has type int and no members")]
    [InlineData("head.state", "head has type struct conn * and is a pointer: write head->state")]
    [InlineData("first->state", "first has type struct conn and is no pointer: write first.state")]
    [InlineData("first.stat", "struct conn has no member stat; nearest: state")]
    [InlineData("first.limit.sofd", "struct limit has no member sofd; nearest: soft")]
    [InlineData("&bits.count", "bits.count is a bit-field and has no address")]
    [InlineData("bits.count:4", "bits.count is a bit-field: its type says which bytes hold it, so leave the length out")]
    [InlineData("head + head", "head + head adds two pointers")]
    [InlineData("3 - head", "3 - head takes a pointer from a number")]
    [InlineData("table[real_double]", "real_double has type double and is no whole number")]
    [InlineData("growing->tail", "the size of growing->tail is not known: say how many bytes, as growing->tail:8 or --len 8")]
    [InlineData("table:0", "a length of 0 cannot be watched: 1 to 32 bytes can")]
    [InlineData("table:33", "a length of 33 cannot be watched: 1 to 32 bytes can")]
    [InlineData("twice", "twice is a function, not a variable: --hbreak 'twice' waits for its execution")]
    [InlineData("*function_pointer", "function_pointer does not say what it points to: cast it, as in *(long*)(function_pointer)")]
    [InlineData("(double)plain_int", "nothing can be cast to double; to see memory as double write *(double *)&...")]
    [InlineData("(unsigned)plain_int", "(unsigned int)plain_int is a value, not an object in memory")]
    public void ImpossibleOnesSayWhatToDo(string expression, string reason) => Program.Refusal(expression).Should().Be(reason);

    [Theory]
    [InlineData("plain_itn", "no variable is named 'plain_itn'; nearest: plain_int")]
    [InlineData("Plain_Int", "no variable is named 'Plain_Int'; nearest: plain_int")]
    [InlineData("lib_conuter", "no variable is named 'lib_conuter'; nearest: lib_counter")]
    [InlineData("zzzzzzzzzzzzz", "no variable is named 'zzzzzzzzzzzzz'")]
    [InlineData("mian.c::shared_name", "no unit of the debug information comes from mian.c; nearest: main.c")]
    [InlineData("*(struct con*)head", "no type is named 'struct con'; nearest: conn")]
    public void UnknownNamesGiveTheNearest(string expression, string reason) => Program.Unknown(expression).Should().Be(reason);

    [Fact]
    public void SeveralStaticsOfOneNameAreListed() =>
        Program.Refusal("shared_name").Should().Be("shared_name is ambiguous; say which: main.c::shared_name, other.c::shared_name");

    [Fact]
    public void LengthsMustAgree() =>
        Program.Refusal("table:4", 8).Should().Be("the expression says 4 bytes and --len says 8");

    [Fact]
    public void ChainsAreTold()
    {
        Program.Watch("plain_int").Resolution.Should().BeNull();
        Program.Watch("head->limits[1].hard").Resolution.Should().Be(
            $"head = {Program["first"]} <first>; head->limits[1].hard at {Program["head->limits[1].hard"]}");
        Program.Watch("matrix[0][index_two]").Resolution.Should().Be(
            $"index_two = 2; matrix[0][index_two] at {Program["matrix[0][index_two]"]}");
    }

    [Fact]
    public void AnIndexOutsideIsToldButAllowed()
    {
        var watch = Program.Watch("table[3][0]");

        watch.Address.Value.Should().Be(Program["table"].Value + 30);
        watch.Resolution.Should().StartWith("table[3] is outside short [3][5]; ");
    }
}
