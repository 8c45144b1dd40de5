// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Expressions.Syntax;
using Xunit;

namespace Livewatcher.Symbols.Tests.Conditions;

/// <summary>Conditions bind as in C, and what is none says where.</summary>
public sealed class ConditionParserTests
{
    [Theory]
    [InlineData("new==0", "new == 0")]
    [InlineData("(new&0xff)!=0x7f", "(new & 0xff) != 0x7f")]
    [InlineData("new & 0xff != 0x7f", "new & 0xff != 0x7f")]
    [InlineData("a||b&&c|d^e&f==g<h<<i+j*k", "a || b && c | d ^ e & f == g < h << i + j * k")]
    [InlineData("((((a+b)<<c)<d)==e)&f", "a + b << c < d == e & f")]
    [InlineData("a-(b-c)", "a - (b - c)")]
    [InlineData("(a-b)-c", "a - b - c")]
    [InlineData("!new && ~old", "!new && ~old")]
    [InlineData("g_a<3 && g_b>2", "g_a < 3 && g_b > 2")]
    [InlineData("Box<int>::count > 2", "Box<int>::count > 2")]
    [InlineData("new > 1.5e3f", "new > 1.5e3f")]
    [InlineData("new == 10ul", "new == 10ul")]
    [InlineData("thread == \"io worker\"", "thread == \"io worker\"")]
    [InlineData("(long)new < 0", "(long)new < 0")]
    [InlineData("count > 100 && tid != pid || cpu == 1", "count > 100 && tid != pid || cpu == 1")]
    [InlineData("file.c::count == new", "file.c::count == new")]
    public void OperatorsBindAsInC(string text, string written)
    {
        Expression? parsed = ExpressionParser.ParseCondition(text, out string? error);
        error.Should().BeNull();
        parsed!.ToString().Should().Be(written);
        ExpressionParser.ParseCondition(written, out _)!.ToString().Should().Be(written);
    }

    [Theory]
    [InlineData("new = 0", "unexpected '=' at column 5, where '==' should be")]
    [InlineData("new ==", "unexpected end of expression at column 7")]
    [InlineData("new == 0)", "unexpected ')' at column 9")]
    [InlineData("thread == \"io", "a text without its closing quote at column 11")]
    [InlineData("new == 1.5x", "'1.5x' is not a number at column 8")]
    [InlineData("new ? 1", "unexpected '?' at column 5")]
    [InlineData("new++", "unexpected end of expression at column 6")]
    [InlineData("", "unexpected end of expression at column 1")]
    public void WhatIsNoConditionSaysWhere(string text, string reason)
    {
        ExpressionParser.ParseCondition(text, out string? error).Should().BeNull();
        error.Should().Be(reason);
    }

    [Fact]
    public void DepthIsLimited()
    {
        ExpressionParser.ParseCondition(new string('(', 900), out string? error).Should().BeNull();
        error.Should().Be("nested deeper than 64 levels at column 65");
    }
}
