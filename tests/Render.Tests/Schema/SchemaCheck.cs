// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Livewatcher.Render.Tests.Schema;

/// <summary>Checks JSON against the part of JSON Schema (draft 2020-12) that events.schema.json uses, and stricter in one
/// point: a member that the schema does not name is an error, so that nothing is written that is not documented. A keyword
/// that is not understood here is an error too.</summary>
internal sealed class SchemaCheck(JsonElement schema)
{
    private static readonly HashSet<string> Annotations = ["$schema", "$defs", "title", "description"];

    public static SchemaCheck Load(string path) => new(JsonElement.Parse(File.ReadAllText(path)));

    /// <summary>What is wrong, a line each; empty where nothing is. The schema for the object's "type" is used, because
    /// "none of five fits" would say nothing.</summary>
    public IReadOnlyList<string> Check(JsonElement line)
    {
        var type = line.GetProperty("type").GetString()!;
        var errors = new List<string>();
        var alternatives = schema.GetProperty("oneOf").EnumerateArray().Select(one => one.GetProperty("$ref").GetString());
        if (!alternatives.Contains($"#/$defs/{type}"))
        {
            return [$"type {type} is not in the schema"];
        }

        Check(line, schema.GetProperty("$defs").GetProperty(type), type, errors);
        return errors;
    }

    private void Check(JsonElement value, JsonElement rule, string path, List<string> errors)
    {
        foreach (var keyword in rule.EnumerateObject())
        {
            var argument = keyword.Value;
            var holds = keyword.Name switch
            {
                "type" => TypeNames(argument).Any(name => IsType(value, name)),
                "const" => JsonElement.DeepEquals(value, argument),
                "enum" => argument.EnumerateArray().Any(one => JsonElement.DeepEquals(value, one)),
                "minimum" => value.GetDecimal() >= argument.GetDecimal(),
                "pattern" => Regex.IsMatch(value.GetString()!, argument.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)),
                "required" => argument.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
                "properties" or "additionalProperties" or "items" or "$ref" => true,
                _ => Annotations.Contains(keyword.Name),
            };
            if (!holds)
            {
                errors.Add($"{path}: {keyword.Name} {argument} does not hold for {value}");
            }
        }

        if (rule.TryGetProperty("$ref", out var reference))
        {
            Check(value, schema.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]), path, errors);
        }

        if (rule.TryGetProperty("properties", out var properties) && value.ValueKind == JsonValueKind.Object)
        {
            CheckMembers(value, properties, path, errors);
        }
        else if (rule.TryGetProperty("additionalProperties", out var any) && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                Check(member.Value, any, $"{path}.{member.Name}", errors);
            }
        }

        if (rule.TryGetProperty("items", out var items) && value.ValueKind == JsonValueKind.Array)
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Check(item, items, $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]", errors);
            }
        }
    }

    private void CheckMembers(JsonElement value, JsonElement properties, string path, List<string> errors)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (properties.TryGetProperty(member.Name, out var rule))
            {
                Check(member.Value, rule, $"{path}.{member.Name}", errors);
            }
            else
            {
                errors.Add($"{path}.{member.Name}: not in the schema");
            }
        }
    }

    private static IEnumerable<string> TypeNames(JsonElement argument) => argument.ValueKind == JsonValueKind.Array
        ? argument.EnumerateArray().Select(name => name.GetString()!)
        : [argument.GetString()!];

    private static bool IsType(JsonElement value, string name) => name switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E'),
        _ => false,
    };
}
