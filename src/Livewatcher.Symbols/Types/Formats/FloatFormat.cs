// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Types.Formats;

internal enum FloatShape
{
    Half,
    BFloat16,
    Single,
    Double,

    /// <summary>The x87's 80 bits, in 10, 12 or 16 bytes.</summary>
    Extended,

    /// <summary>IEEE 754 binary128.</summary>
    Quadruple,
}

/// <summary>Floating point, with the fewest digits that give the same number again (float, double) or as printf's %g with
/// the type's decimal precision (long double, _Float128).</summary>
internal sealed class FloatFormat(FloatShape shape) : ScalarFormat(SizeOf(shape))
{
    protected override Value FormatWhole(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf)
    {
        switch (shape)
        {
            case FloatShape.Half:
                Half half = BinaryPrimitives.ReadHalfLittleEndian(bytes);
                return Make(Tidy(half.ToString("R"), (double)half), (double)half);
            case FloatShape.BFloat16:
                float brain = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(bytes) << 16);
                return Make(Tidy(brain.ToString("R"), brain), brain);
            case FloatShape.Single:
                float single = BinaryPrimitives.ReadSingleLittleEndian(bytes);
                return Make(Tidy(single.ToString("R"), single), single);
            case FloatShape.Double:
                double number = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
                return Make(Tidy(number.ToString("R"), number), number);
            case FloatShape.Extended:
                return Make(WideFloat.FromExtended(bytes));
            default:
                return Make(WideFloat.FromQuadruple(bytes));
        }
    }

    private static Value Make((string Text, double Real) wide) => Make(wide.Text, wide.Real);

    private static Value Make(string text, double real) => new(ValueKind.Float, text, Real: real);

    /// <summary>As C spells them: nan, inf, 1e+20.</summary>
    private static string Tidy(string text, double value) =>
        double.IsNaN(value) ? "nan" : double.IsPositiveInfinity(value) ? "inf" : double.IsNegativeInfinity(value) ? "-inf"
        : text.Replace('E', 'e');

    private static int SizeOf(FloatShape shape) => shape switch
    {
        FloatShape.Half or FloatShape.BFloat16 => 2,
        FloatShape.Single => 4,
        FloatShape.Double => 8,
        FloatShape.Extended => 10,
        _ => 16,
    };
}
