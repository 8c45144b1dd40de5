// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Text;
using System.Text.Json;
using Livewatcher.Symbols.Expressions.Conditions;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Recorded;

/// <summary>What a condition must know of the watched object's type, as text: a recording keeps it, when program and debug information are
/// gone. One JSON object: "pointer" (bytes of a pointer), "bits" (a bit-field's), and "type", in which
/// kind, name, size, signed, enumerators ([name, number]), members ([name, first bit, bits, type], those of bases and unnamed parts among
/// them), target (of a pointer: name and size). docs/recording.md names it.</summary>
internal static class ShapeWriter
{
    /// <summary>Longer descriptions are not kept: a reader takes no text beyond 1 MiB.</summary>
    private const int MaximumLength = 1 << 18;

    private const int MaximumEnumerators = 4096;
    private const int MaximumMembers = 256;
    private const int MaximumDepth = 4;

    /// <returns>Null where no condition can look at the value: code, more than 8 bytes, or a type that cannot be described.</returns>
    internal static string? Write(WatchedObject watched, TypeFinder types)
    {
        if (watched.Type is not { } type || watched.Length > 8)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            using var writer = new Utf8JsonWriter(buffer);
            writer.WriteStartObject();
            writer.WriteNumber("pointer", types.PointerSize);
            if (watched.Bits is { } bits)
            {
                writer.WriteNumber("bits", bits.Count);
            }

            writer.WritePropertyName("type");
            WriteType(writer, type, types, 0);
            writer.WriteEndObject();
        }
        catch (RefusalException)
        {
            return null; // a damaged file: the watch itself may go on
        }

        return buffer.WrittenCount <= MaximumLength ? Encoding.UTF8.GetString(buffer.WrittenSpan) : null;
    }

    private static void WriteType(Utf8JsonWriter writer, DataType type, TypeFinder types, int depth)
    {
        DataType plain = types.Complete(type);
        writer.WriteStartObject();
        writer.WriteString("kind", ShapeWords.Of(plain.Kind));
        if (!plain.IsUntyped)
        {
            writer.WriteString("name", type.ToString());
        }

        if (plain.Size is { } size)
        {
            writer.WriteNumber("size", size);
        }

        if (plain.IsSigned)
        {
            writer.WriteBoolean("signed", true);
        }

        switch (plain.Kind)
        {
            case TypeKind.Enumeration:
                WriteEnumerators(writer, plain);
                break;
            case TypeKind.Aggregate when depth < MaximumDepth:
                WriteMembers(writer, plain, types, depth);
                break;
            case TypeKind.Pointer:
                WriteTarget(writer, types.Complete(plain.Target), plain.Target.ToString());
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteEnumerators(Utf8JsonWriter writer, DataType plain)
    {
        writer.WriteStartArray("enumerators");
        foreach (Enumerator one in plain.Enumerators.Take(MaximumEnumerators))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(one.Name);
            writer.WriteNumberValue(unchecked((long)one.Number));
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void WriteMembers(Utf8JsonWriter writer, DataType plain, TypeFinder types, int depth)
    {
        List<(string Name, ulong First, int? Count, DataType Type)> members = [];
        Gather(members, plain, 0, types, 0);
        writer.WriteStartArray("members");
        foreach (IGrouping<string, (string Name, ulong First, int? Count, DataType Type)> same in members.GroupBy(one => one.Name, StringComparer.Ordinal))
        {
            (string name, ulong first, int? count, DataType type) = same.First();
            if (same.Any(one => one.First != first))
            {
                continue; // of two bases: a name that does not say which
            }

            writer.WriteStartArray();
            writer.WriteStringValue(name);
            writer.WriteNumberValue(first);
            writer.WriteNumberValue(count ?? 0);
            WriteType(writer, type, types, depth + 1);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void Gather(List<(string Name, ulong First, int? Count, DataType Type)> members, DataType aggregate, ulong at, TypeFinder types, int depth)
    {
        foreach (TypeMember member in aggregate.Members)
        {
            if (members.Count >= MaximumMembers || depth > MaximumDepth)
            {
                return;
            }

            ulong first = at + (member.Bits?.First ?? (member.Offset * 8));
            if (member is { Kind: MemberKind.Data, Name: { } name })
            {
                members.Add((name, first, member.Bits?.Count, member.Type.Value));
            }
            else if (member.Kind is MemberKind.BaseClass or MemberKind.Data && types.Complete(member.Type.Value) is { Kind: TypeKind.Aggregate } inner)
            {
                Gather(members, inner, first, types, depth + 1);
            }
        }
    }

    /// <summary>What arithmetic with a pointer must know.</summary>
    private static void WriteTarget(Utf8JsonWriter writer, DataType target, string name)
    {
        writer.WriteStartObject("target");
        writer.WriteString("kind", ShapeWords.Of(target.Kind is TypeKind.Void ? TypeKind.Void : TypeKind.Opaque));
        writer.WriteString("name", name);
        if (target.Size is { } size)
        {
            writer.WriteNumber("size", size);
        }

        writer.WriteEndObject();
    }
}
