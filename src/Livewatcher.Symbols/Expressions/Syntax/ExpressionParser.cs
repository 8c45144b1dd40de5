// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Expressions.Syntax;

/// <summary>Text to expression: a pure function. Never throws; a text that is no expression gives a one-line reason.
/// Grammar: sum = product { (+|-) product }; product = prefix { * prefix }; prefix = (*|&amp;|-|+) prefix | (type) prefix | postfix;
/// postfix = primary { [sum] | .name | -&gt;name }; primary = number | name | (sum); all = sum [:length] [@thread].</summary>
internal sealed class ExpressionParser
{
    internal const int MaximumLength = 1024;
    private const int MaximumDepth = 64;

    private readonly Scanner _scanner;
    private readonly NameParser _names;
    private int _position;
    private int _depth;
    private string? _error;

    private ExpressionParser(string text, bool isCondition)
    {
        _scanner = new Scanner(text, isCondition);
        _names = new NameParser(_scanner);
    }

    /// <returns>The expression, or null and a reason such as "unexpected ')' at column 7".</returns>
    internal static WatchSyntax? Parse(string text, out string? error)
    {
        if (IsTooLong(text, out error))
        {
            return null;
        }

        var parser = new ExpressionParser(text, isCondition: false);
        WatchSyntax? syntax = parser.ParseAll();
        error = parser._error;
        return error is null ? syntax : null;
    }

    /// <summary>The same for a condition, which has all of C's operators but those that change something, and the words of
    /// <see cref="HitExpression"/>: condition = prefix { operator prefix }, by C's precedence.</summary>
    internal static Expression? ParseCondition(string text, out string? error)
    {
        if (IsTooLong(text, out error))
        {
            return null;
        }

        var parser = new ExpressionParser(text, isCondition: true);
        Expression? root = parser.ParseInner();
        if (root is not null && parser.Next.Kind != TokenKind.End)
        {
            parser.Fail<Expression>(parser.Next, parser.Next.Is("=") ? "'=='" : null);
        }

        error = parser._error;
        return error is null ? root : null;
    }

    private static bool IsTooLong(string text, out string? error)
    {
        error = text.Length > MaximumLength ? $"the expression has {text.Length} characters; at most {MaximumLength} are read" : null;
        return error is not null;
    }

    private Expression? ParseInner() => _scanner.HasOperators ? ParseOperators(int.MinValue) : ParseSum();

    private Expression? ParseOperators(int least)
    {
        Expression? left = ParsePrefix();
        while (left is not null && Next is { Kind: TokenKind.Mark } mark && Binding(mark.Text) is { } binding && binding >= least)
        {
            _position = mark.End;
            Expression? right = ParseOperators(binding + 1);
            left = right is null ? null
                : mark.Text is "+" or "-" or "*" ? new BinaryExpression(mark.Text[0], left, right)
                : new OperatorExpression(mark.Text, left, right);
        }

        return left;
    }

    private static int? Binding(string mark) => mark switch
    {
        "*" => 2,
        "+" or "-" => 1,
        _ => OperatorExpression.Bindings.TryGetValue(mark, out int binding) ? binding : null,
    };

    private Token Next => _scanner.At(_position);

    private WatchSyntax? ParseAll()
    {
        Expression? root = ParseSum();
        ulong? length = null;
        if (root is not null && Next.Is(":"))
        {
            _position = Next.End;
            if (Next.Kind != TokenKind.Number)
            {
                return Fail<WatchSyntax>(Next, "a length");
            }

            length = Next.Number;
            _position = Next.End;
        }

        if (root is null || Next.Kind == TokenKind.End)
        {
            return root is null ? null : new(root, length, null);
        }

        if (!Next.Is("@"))
        {
            return Fail<WatchSyntax>(Next);
        }

        string thread = _scanner.Text[Next.End..].Trim(' ', '\t');
        return thread.Length == 0 || thread.Any(char.IsControl)
            ? Fail<WatchSyntax>(_scanner.At(Next.End), "a thread's name or id")
            : new(root, length, thread);
    }

    private Expression? ParseSum()
    {
        Expression? left = ParseProduct();
        while (left is not null && (Next.Is("+") || Next.Is("-")))
        {
            char sign = Next.Text[0];
            _position = Next.End;
            Expression? right = ParseProduct();
            left = right is null ? null : new BinaryExpression(sign, left, right);
        }

        return left;
    }

    private Expression? ParseProduct()
    {
        Expression? left = ParsePrefix();
        while (left is not null && Next.Is("*"))
        {
            _position = Next.End;
            Expression? right = ParsePrefix();
            left = right is null ? null : new BinaryExpression('*', left, right);
        }

        return left;
    }

    private Expression? ParsePrefix()
    {
        if (++_depth > MaximumDepth)
        {
            _error ??= $"nested deeper than {MaximumDepth} levels at column {_position + 1}";
            return null;
        }

        Token token = Next;
        Expression? result;
        string? problem = null;
        if (token.Is("*") || token.Is("&") || token.Is("-") || token.Is("+") || token.Is("!") || token.Is("~"))
        {
            _position = token.End;
            result = ParsePrefix() is { } operand ? new PrefixExpression(token.Text[0], operand) : null;
        }
        else if (token.Is("(") && _names.CastAt(token.End, out int end, out problem) is { } type)
        {
            _position = end;
            result = ParsePrefix() is { } operand ? new CastExpression(type, operand) : null;
        }
        else if (token.Is("(") && problem is not null)
        {
            _error ??= problem;
            result = null;
        }
        else
        {
            result = ParsePostfix();
        }

        _depth--;
        return result;
    }

    private Expression? ParsePostfix()
    {
        Expression? left = ParsePrimary();
        while (left is not null)
        {
            Token token = Next;
            if (token.Is("["))
            {
                _position = token.End;
                Expression? index = ParseInner();
                left = index is not null && Expect("]") ? new IndexExpression(left, index) : null;
            }
            else if (token.Is(".") || token.Is("->"))
            {
                QualifiedName? member = _names.NameAt(token.End, mayHaveFile: false, out int end);
                left = member is null
                    ? Fail<Expression>(_scanner.At(end), "a member's name")
                    : new MemberExpression(left, member, token.Text == "->");
                _position = end;
            }
            else
            {
                break;
            }
        }

        return left;
    }

    private Expression? ParsePrimary()
    {
        Token token = Next;
        if (_scanner.HasOperators && ParseWord(token) is { } word)
        {
            _position = token.End;
            return word;
        }

        if (_names.NameAt(_position, mayHaveFile: true, out int end) is { } name)
        {
            _position = end;
            return new NameExpression(name, IsParenthesised: false);
        }

        if (token.Kind == TokenKind.Number)
        {
            _position = token.End;
            return new NumberExpression(token.Number, token.IsHexadecimal, _scanner.HasOperators ? Constants.Suffix(token.Text) : "");
        }

        if (!token.Is("("))
        {
            return Fail<Expression>(token.Kind is TokenKind.Bad || end <= token.Start ? token : _scanner.At(end));
        }

        _position = token.End;
        Expression? inner = ParseInner();
        if (inner is null || !Expect(")"))
        {
            return null;
        }

        return inner is NameExpression plain ? plain with { IsParenthesised = true } : inner;
    }

    /// <summary>What only conditions have.</summary>
    private Expression? ParseWord(Token token) => token.Kind switch
    {
        TokenKind.Identifier when HitExpression.Words.TryGetValue(token.Text, out HitPart part) && !_scanner.At(token.End).Is("::") => new HitExpression(part),
        TokenKind.Real => new RealExpression(BitConverter.UInt64BitsToDouble(token.Number), token.Text),
        TokenKind.Literal => new TextExpression(token.Text),
        _ => null,
    };

    private bool Expect(string mark)
    {
        if (!Next.Is(mark))
        {
            Fail<Expression>(Next, $"'{mark}'");
            return false;
        }

        _position = Next.End;
        return true;
    }

    private T? Fail<T>(Token token, string? expected = null)
        where T : class
    {
        _error ??= Complaint(token, expected);
        return null;
    }

    internal static string Complaint(Token token, string? expected)
    {
        string what = token.Kind switch
        {
            TokenKind.Bad => token.Text,
            TokenKind.End => "unexpected end of expression",
            _ => $"unexpected '{token.Text}'",
        };
        return $"{what} at column {token.Start + 1}{(expected is null || token.Kind == TokenKind.Bad ? "" : $", where {expected} should be")}";
    }
}
