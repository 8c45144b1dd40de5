// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions;
using Livewatcher.Symbols.Expressions.Conditions;
using Livewatcher.Symbols.Expressions.Recorded;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Types.Formats;

namespace Livewatcher.Symbols;

/// <summary>A condition of docs/filters.md on hits that are past: what it can ask for is what a hit itself has, with the type that
/// <see cref="Watch.Shape"/> describes. Neither the program nor its debug information is needed.</summary>
public sealed class RecordedCondition
{
    private readonly int _length;
    private readonly int _bits;

    private RecordedCondition(Condition condition, int length, int bits)
    {
        Condition = condition;
        _length = length;
        _bits = bits;
    }

    public Condition Condition { get; }

    /// <param name="text">As the user wrote it.</param>
    /// <param name="watch">Whose hits will be asked about.</param>
    /// <exception cref="UserException">It is no condition, or asks for what a recording does not have.</exception>
    public static RecordedCondition Compile(string text, Watch watch)
    {
        Expression root = Parse(text);
        bool isCode = watch.Mode == AccessMode.Execute;
        try
        {
            if (!isCode && watch is { Shape: null, Length: <= 8 } && AsksForValues(root))
            {
                throw new RefusalException("the recording does not keep the type of what was watched (an older livewatcher has made it, or the debug information was damaged): "
                    + "tid, pid, cpu, thread and count can be asked for");
            }

            RecordedShape? shape = watch.Shape is { } described ? RecordedShape.Parse(described) : null;
            DataType? type = isCode ? null : shape?.Type ?? DataType.Opaque((ulong)watch.Length);
            var watched = new WatchedObject(type, watch.Length, shape?.Bits is { } field ? new BitRange(0, field) : null);
            Condition condition = ConditionCompiler.Compile(text, root, watched, new RecordedNames(shape?.PointerSize ?? 8));
            return new RecordedCondition(condition, watch.Length, shape?.Bits ?? (Math.Min(watch.Length, 8) * 8));
        }
        catch (RefusalException refusal)
        {
            throw new UserException($"--filter '{text}' on the hits of '{watch.Label}': {refusal.Message}");
        }
    }

    /// <exception cref="UserException">It is no condition, of whatever.</exception>
    public static void Check(string text) => Parse(text);

    /// <param name="hit">Of the watch that it was compiled for.</param>
    /// <param name="count">What the word count stands for.</param>
    public Verdict Decide(Hit hit, long count) => ConditionMachine.Evaluate(
        Condition,
        new ConditionInput(BitsOf(hit.New), BitsOf(hit.Old), hit.Thread?.Value, hit.Process.Value, hit.Cpu, count, hit.ThreadName, null));

    private static Expression Parse(string text) =>
        ExpressionParser.ParseCondition(text, out string? error) ?? throw new UserException($"--filter '{text}': {error}");

    private static bool AsksForValues(Expression expression) => expression switch
    {
        HitExpression hit => hit.Part is HitPart.New or HitPart.Old,
        MemberExpression member => AsksForValues(member.Target),
        IndexExpression index => AsksForValues(index.Target) || AsksForValues(index.Index),
        PrefixExpression prefix => AsksForValues(prefix.Operand),
        CastExpression cast => AsksForValues(cast.Operand),
        BinaryExpression binary => AsksForValues(binary.Left) || AsksForValues(binary.Right),
        OperatorExpression operation => AsksForValues(operation.Left) || AsksForValues(operation.Right),
        _ => false,
    };

    /// <summary>A value's bits as the condition's steps expect them; null where it does not tell them.</summary>
    private ulong? BitsOf(Value? value) => value switch
    {
        null => null,
        { Kind: ValueKind.Float } when _length == 4 => BitConverter.SingleToUInt32Bits((float)value.Real),
        { Kind: ValueKind.Float } => _length == 8 ? BitConverter.DoubleToUInt64Bits(value.Real) : null,
        { Kind: ValueKind.Bytes } => BytesOf(value.Text),
        _ => unchecked((ulong)value.Number) & (ulong)Bits.Mask(_bits),
    };

    /// <summary>"{01 ff}", with whatever behind it, where it has all the bytes.</summary>
    private ulong? BytesOf(string text)
    {
        int end = text.IndexOf('}');
        if (_length > 8 || end != _length * 3 || text[0] != '{')
        {
            return null;
        }

        ulong bits = 0;
        for (int i = _length - 1; i >= 0; i--)
        {
            if (!byte.TryParse(text.AsSpan(1 + (i * 3), 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte one))
            {
                return null;
            }

            bits = (bits << 8) | one;
        }

        return bits;
    }
}
