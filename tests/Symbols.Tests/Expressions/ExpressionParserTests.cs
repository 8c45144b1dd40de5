// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
using Livewatcher.Symbols.Expressions.Syntax;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>The parser is a pure function: any text gives an expression or a reason, and what it writes it reads again.</summary>
public sealed class ExpressionParserTests
{
    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.Const("a"), Gen.Const("_x9"), Gen.Const("value"), Gen.Const("Box<int>"), Gen.Const("Map<Key<long>, 3>"), Gen.Const("grün"));

    private static readonly Gen<QualifiedName> Name =
        Gen.Select(
            Gen.OneOf(Gen.Const((string?)null), Gen.Const((string?)"file.c"), Gen.Const((string?)"src/a-b.cpp"), Gen.Const((string?)"an odd file")),
            Gen.OneOf(Gen.Const(""), Word, Gen.Const("ns::(anonymous namespace)"), Gen.Const("f(int, char*)")),
            Word,
            (file, scope, name) => new QualifiedName(file, scope, name));

    private static readonly Gen<TypeSyntax> Type =
        Gen.Select(
            Gen.OneOf(Gen.Const((string?)null), Gen.Const((string?)"struct"), Gen.Const((string?)"enum")), Name, Gen.OneOf(Gen.Const((string?)null), Gen.Const((string?)"unsigned long")),
            Gen.Int[0, 3], Gen.Int[0, 2], Gen.ULong[0, 99].List[0, 2],
            (word, name, fundamental, pointers, groups, bounds) => new TypeSyntax(
                fundamental is null ? word : null, fundamental, fundamental is null ? name : null, pointers, groups, new Dimensions(bounds), IsReference: pointers == 3));

    private static readonly Gen<Expression> Any = Gen.Recursive<Expression>((depth, inner) => depth > 3
        ? Leaf
        : Gen.OneOf(
            Leaf,
            Gen.Select(inner, Name, Gen.Bool, (target, member, arrow) => (Expression)new MemberExpression(target, member with { File = null }, arrow)),
            Gen.Select(inner, inner, (target, index) => (Expression)new IndexExpression(target, index)),
            Gen.Select(Gen.Char["*&-+"], inner, (sign, operand) => (Expression)new PrefixExpression(sign, operand)),
            Gen.Select(Type, inner, (type, operand) => (Expression)new CastExpression(type, operand)),
            Gen.Select(Gen.Char["*-+"], inner, inner, (sign, left, right) => (Expression)new BinaryExpression(sign, left, right))));

    private static Gen<Expression> Leaf => Gen.OneOf(
        Gen.Select(Gen.ULong, Gen.Bool, (number, hex) => (Expression)new NumberExpression(number, hex)),
        Name.Select(n => (Expression)new NameExpression(n, IsParenthesised: false)));

    [Fact]
    public void WhatItWritesItReadsAgain() =>
        Gen.Select(Any, Gen.OneOf(Gen.Const((ulong?)null), Gen.Const((ulong?)8)), Gen.OneOf(Gen.Const((string?)null), Gen.Const((string?)"io worker:3")))
            .Select((root, length, thread) => new WatchSyntax(root, length, thread))
            .Where(syntax => syntax.ToString().Length <= ExpressionParser.MaximumLength)
            .Sample(
                syntax =>
                {
                    string text = syntax.ToString();
                    WatchSyntax? parsed = ExpressionParser.Parse(text, out string? error);
                    error.Should().BeNull(text);
                    parsed!.ToString().Should().Be(text);
                    (Shape(parsed.Root) == Shape(syntax.Root)).Should().BeTrue(text);
                },
                iter: 5_000);

    [Fact]
    public void AnyTextGivesAnExpressionOrAReason()
    {
        string[] pieces =
        [
            "(", ")", "[", "]", "*", "&", ".", "->", "::", ":", "+", "-", "@", "<", ">", "'", "\"", " ", "a", "b.c::", "0x", "9", "struct", "long", "unsigned",
            "(anonymous namespace)", "const", "'\\x", "\\", ",", "\0", "\u001b", "é", "\ud800", "~", "operator", "{", "}", "file.c::",
        ];
        Gen<string> mixture = Gen.OneOf(Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]), Gen.String[0, 3]).List[0, 60].Select(string.Concat);
        mixture.Sample(
            text =>
            {
                WatchSyntax? parsed = ExpressionParser.Parse(text, out string? error);
                (parsed is null).Should().Be(error is not null);
                if (error is not null)
                {
                    error.Any(char.IsControl).Should().BeFalse();
                }
                else
                {
                    string written = parsed!.ToString();
                    ExpressionParser.Parse(written, out string? second)?.ToString().Should().Be(written, second);
                }
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("a->b[3].c", "a->b[3].c")]
    [InlineData(" * ( struct  s * ) 0x7F12a0 ", "*(struct s *)0x7f12a0")]
    [InlineData("*(long*)0x10+1", "*(long *)0x10 + 1")]
    [InlineData("(unsigned long int)x", "(unsigned long)x")]
    [InlineData("(T*)p", "(T *)p")]
    [InlineData("(a)*b", "(a) * b")]
    [InlineData("(a)(b)", "(a)(b)")]
    [InlineData("(a)&b", "(a)(&b)")]
    [InlineData("(const char *const *)p", "(char **)p")]
    [InlineData("(ns::T<int, char*>&)x", "(ns::T<int, char*> &)x")]
    [InlineData("(int(*)[4][2])p", "(int (*)[4][2])p")]
    [InlineData("x[1 - -1]", "x[1 - -1]")]
    [InlineData("a - (b - c)", "a - (b - c)")]
    [InlineData("(a - b) - c", "a - b - c")]
    [InlineData("-(a)", "-(a)")]
    [InlineData("(*p).q", "(*p).q")]
    [InlineData("dir/my-file.c::x", "dir/my-file.c::x")]
    [InlineData("'my file'::x", "'my file'::x")]
    [InlineData("::x", "x")]
    [InlineData("x@io worker:3", "x@io worker:3")]
    [InlineData("0x10:4", "0x10:4")]
    [InlineData("p[0377 + 0b11 + 'a' + '\\n' + 1'000u]", "p[255 + 3 + 97 + 10 + 1000]")]
    [InlineData("a.Base::x", "a.Base::x")]
    [InlineData("s.c", "s.c")]
    [InlineData("s.c::x", "s.c::x")]
    public void ReadsAsCWouldReadIt(string text, string written)
    {
        WatchSyntax? parsed = ExpressionParser.Parse(text, out string? error);

        error.Should().BeNull();
        parsed!.ToString().Should().Be(written);
    }

    [Fact]
    public void FilesAndMembersAreToldApart()
    {
        Root("s.c::x").Should().Be(new NameExpression(new QualifiedName("s.c", "", "x"), IsParenthesised: false));
        Root("s.q::x").Should().Be(new MemberExpression(new NameExpression(new QualifiedName(null, "", "s"), IsParenthesised: false), new QualifiedName(null, "q", "x"), IsArrow: false));
        Root("(a)*b").Should().BeOfType<BinaryExpression>();
        Root("(a*)b").Should().BeOfType<CastExpression>();
        Root("(a)[1]").Should().BeOfType<IndexExpression>();

        static Expression Root(string text) => ExpressionParser.Parse(text, out _)!.Root;
    }

    /// <summary>The structure without what only says how it was written.</summary>
    private static string Shape(Expression expression) => expression switch
    {
        NameExpression name => $"name({name.Name})",
        NumberExpression number => $"number({number.Number})",
        MemberExpression member => $"member({Shape(member.Target)},{member.Member},{member.IsArrow})",
        IndexExpression index => $"index({Shape(index.Target)},{Shape(index.Index)})",
        PrefixExpression prefix => $"{prefix.Operator}({Shape(prefix.Operand)})",
        CastExpression cast => $"cast({cast.Type},{Shape(cast.Operand)})",
        BinaryExpression binary => $"{binary.Operator}({Shape(binary.Left)},{Shape(binary.Right)})",
        _ => throw new InvalidOperationException(),
    };
}
