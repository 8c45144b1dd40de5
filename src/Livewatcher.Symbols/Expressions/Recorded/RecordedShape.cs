// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Recorded;

/// <summary>What <see cref="ShapeWriter"/> has written, out of a file that nobody vetted.</summary>
/// <param name="Type">The watched object's.</param>
/// <param name="Bits">Of a bit-field; null for whole objects.</param>
/// <param name="PointerSize">8, or 4 for 32-bit programs.</param>
internal sealed record RecordedShape(DataType Type, int? Bits, int PointerSize)
{
    private const int MaximumNesting = 32;

    /// <exception cref="RefusalException">It is no such description.</exception>
    internal static RecordedShape Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaximumNesting });
            JsonElement root = document.RootElement;
            int pointer = root.GetProperty("pointer").GetInt32();
            int? bits = root.TryGetProperty("bits", out JsonElement count) ? count.GetInt32() : null;
            return pointer is 4 or 8 && bits is null or (>= 1 and <= 64)
                ? new RecordedShape(TypeOf(root.GetProperty("type")), bits, pointer)
                : throw Damaged();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw Damaged();
        }
    }

    private static RefusalException Damaged() => new("the recording's description of its type is damaged");

    private static DataType TypeOf(JsonElement element)
    {
        TypeKind kind = ShapeWords.KindOf(Text(element.GetProperty("kind")));
        ulong? size = element.TryGetProperty("size", out JsonElement bytes) ? bytes.GetUInt64() : null;
        if (!element.TryGetProperty("name", out JsonElement named))
        {
            return DataType.Opaque(size);
        }

        bool isSigned = element.TryGetProperty("signed", out JsonElement signed) && signed.GetBoolean();
        DataType? target = element.TryGetProperty("target", out JsonElement pointee) ? TypeOf(pointee) : null;
        Enumerator[] enumerators = [.. Items(element, "enumerators").Select(one => new Enumerator(Text(one[0]), one[1].GetInt64()))];
        TypeMember[] members = [.. Items(element, "members").Select(MemberOf)];
        return new DataType(kind, kind == TypeKind.Pointer ? "*" : Text(named), size, isSigned, target is null ? null : () => target)
        {
            EnumeratorSource = new Lazy<IReadOnlyList<Enumerator>>(enumerators),
            MemberSource = new Lazy<IReadOnlyList<TypeMember>>(members),
        };
    }

    private static TypeMember MemberOf(JsonElement one)
    {
        ulong first = one[1].GetUInt64();
        int count = one[2].GetInt32();
        DataType type = TypeOf(one[3]);
        return first <= 64 && count is >= 0 and <= 64
            ? new TypeMember(MemberKind.Data, Text(one[0]), new Lazy<DataType>(type), first / 8, count == 0 ? null : new BitRange(first, count), default(DwarfDie))
            : throw Damaged();
    }

    private static string Text(JsonElement element) => element.GetString() ?? throw Damaged();

    private static JsonElement[] Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray()] : [];
}
