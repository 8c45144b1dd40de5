// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Expressions.Syntax;

/// <summary>What a user wrote: an expression, perhaps with a length behind ':' and a thread behind '@'.</summary>
internal sealed record WatchSyntax(Expression Root, ulong? Length, string? Thread)
{
    public override string ToString() =>
        Root + (Length is null ? "" : $":{Length}") + (Thread is null ? "" : $"@{Thread}");
}

/// <summary>A name with its scopes: file.c::name, ns::C::s, func::counter.</summary>
/// <param name="File">Source file, perhaps with the end of its path; null where none is given.</param>
/// <param name="Scope">What stands before the last ::, joined; empty for a plain name.</param>
/// <param name="Name">The last part.</param>
internal sealed record QualifiedName(string? File, string Scope, string Name)
{
    /// <summary>Scopes and name without the file.</summary>
    internal string Path => Scope.Length == 0 ? Name : $"{Scope}::{Name}";

    public override string ToString() => File is null ? Path : $"{(Scanner.IsPlainFile(File) ? File : $"'{File}'")}::{Path}";
}

/// <summary>A C expression as written. ToString gives text that parses to the same expression.</summary>
internal abstract record Expression
{
    /// <summary>How tightly it binds: 0 and less as <see cref="OperatorExpression"/> says, 1 sum, 2 product, 3 prefix, 4 postfix, 5 primary.</summary>
    internal abstract int Binding { get; }

    protected string At(int binding) => Binding < binding ? $"({this})" : ToString();

    protected static string At(Expression expression, int binding) => expression.At(binding);
}

/// <param name="Number">Its value.</param>
/// <param name="IsHexadecimal">As it was written.</param>
/// <param name="Suffix">What says its type, in small letters: u, l, ul, ll, ull; empty for none.</param>
internal sealed record NumberExpression(ulong Number, bool IsHexadecimal, string Suffix = "") : Expression
{
    internal override int Binding => 5;

    public override string ToString() => (IsHexadecimal ? $"0x{Number:x}" : Number.ToString()) + Suffix;
}

/// <param name="Name">The name.</param>
/// <param name="IsParenthesised">Written as (name): before * + - it may be a cast, which only a look at the types decides.</param>
internal sealed record NameExpression(QualifiedName Name, bool IsParenthesised) : Expression
{
    internal override int Binding => 5;

    public override string ToString() => IsParenthesised ? $"({Name})" : Name.ToString();
}

internal sealed record MemberExpression(Expression Target, QualifiedName Member, bool IsArrow) : Expression
{
    internal override int Binding => 4;

    public override string ToString() => At(Target, 4) + (IsArrow ? "->" : ".") + Member;
}

internal sealed record IndexExpression(Expression Target, Expression Index) : Expression
{
    internal override int Binding => 4;

    public override string ToString() => $"{At(Target, 4)}[{Index}]";
}

/// <param name="Operator">One of * &amp; - +; in conditions also ! ~</param>
/// <param name="Operand">What it applies to.</param>
internal sealed record PrefixExpression(char Operator, Expression Operand) : Expression
{
    internal override int Binding => 3;

    public override string ToString() => Operator + At(Operand, 3);
}

internal sealed record CastExpression(TypeSyntax Type, Expression Operand) : Expression
{
    internal override int Binding => 3;

    // (T)-x and (T)*x would read as (name) minus x and (name) times x.
    public override string ToString() =>
        $"({Type}){(Operand is PrefixExpression && Type.IsName ? $"({Operand})" : At(Operand, 3))}";
}

/// <param name="Operator">One of + - *</param>
internal sealed record BinaryExpression(char Operator, Expression Left, Expression Right) : Expression
{
    internal override int Binding => Operator == '*' ? 2 : 1;

    public override string ToString() => $"{At(Left, Binding)} {Operator} {At(Right, Binding + 1)}";
}

/// <summary>An operator that only conditions have.</summary>
/// <param name="Operator">One of those of <see cref="Bindings"/>.</param>
internal sealed record OperatorExpression(string Operator, Expression Left, Expression Right) : Expression
{
    /// <summary>C17, 6.5.5 to 6.5.14.</summary>
    internal static readonly IReadOnlyDictionary<string, int> Bindings = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["/"] = 2, ["%"] = 2, ["<<"] = 0, [">>"] = 0, ["<"] = -1, [">"] = -1, ["<="] = -1, [">="] = -1, ["=="] = -2, ["!="] = -2,
        ["&"] = -3, ["^"] = -4, ["|"] = -5, ["&&"] = -6, ["||"] = -7,
    };

    internal override int Binding => Bindings[Operator];

    public override string ToString() => $"{At(Left, Binding)} {Operator} {At(Right, Binding + 1)}";
}

/// <summary>What a condition asks of the hit.</summary>
internal enum HitPart
{
    New,
    Old,
    Thread,
    Process,
    Cpu,
    Count,
    Name,
}

internal sealed record HitExpression(HitPart Part) : Expression
{
    /// <summary>The words that stand for a hit's parts. A variable of such a name is written with its file, or as ::name.</summary>
    internal static readonly IReadOnlyDictionary<string, HitPart> Words = new Dictionary<string, HitPart>(StringComparer.Ordinal)
    {
        ["new"] = HitPart.New, ["old"] = HitPart.Old, ["tid"] = HitPart.Thread, ["pid"] = HitPart.Process, ["cpu"] = HitPart.Cpu,
        ["count"] = HitPart.Count, ["thread"] = HitPart.Name,
    };

    internal override int Binding => 5;

    public override string ToString() => Words.First(word => word.Value == Part).Key;
}

/// <param name="Number">Its value.</param>
/// <param name="Text">As written.</param>
internal sealed record RealExpression(double Number, string Text) : Expression
{
    internal override int Binding => 5;

    public override string ToString() => Text;
}

internal sealed record TextExpression(string Text) : Expression
{
    internal override int Binding => 5;

    public override string ToString() => $"\"{Text}\"";
}

/// <summary>A type's name in a cast.</summary>
/// <param name="Word">struct, union, class or enum; null for others.</param>
/// <param name="Fundamental">Canonical name of a fundamental type; null where <paramref name="Name"/> says it.</param>
/// <param name="Name">Tag or typedef name.</param>
/// <param name="Pointers">Stars after the name.</param>
/// <param name="Groups">Stars in parentheses, as in int (*)[4].</param>
/// <param name="Dimensions">Array bounds, outermost first.</param>
/// <param name="IsReference">Ends in an ampersand.</param>
internal sealed record TypeSyntax(
    string? Word, string? Fundamental, QualifiedName? Name, int Pointers, int Groups, Dimensions Dimensions, bool IsReference)
{
    /// <summary>Nothing but a name, which might as well be a variable's.</summary>
    internal bool IsName => Word is null && Name is not null && Pointers == 0 && Groups == 0 && !IsReference && Dimensions.Bounds.Count == 0;

    public override string ToString()
    {
        string text = Word is null ? "" : Word + " ";
        text += Fundamental ?? Name!.ToString();
        text += Pointers > 0 ? " " + new string('*', Pointers) : "";
        text += Groups > 0 ? $" ({new string('*', Groups)})" : "";
        return text + string.Concat(Dimensions.Bounds.Select(d => $"[{d}]")) + (IsReference ? " &" : "");
    }
}

/// <summary>Array bounds that compare by content.</summary>
internal readonly struct Dimensions(IReadOnlyList<ulong> bounds) : IEquatable<Dimensions>
{
    internal IReadOnlyList<ulong> Bounds => bounds ?? [];

    public bool Equals(Dimensions other) => Bounds.SequenceEqual(other.Bounds);

    public override bool Equals(object? obj) => obj is Dimensions other && Equals(other);

    public override int GetHashCode() => Bounds.Count;
}
