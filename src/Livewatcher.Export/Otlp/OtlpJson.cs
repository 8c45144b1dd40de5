// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.Json;
using Livewatcher.Export.Counting;
using Livewatcher.Export.Messages;

namespace Livewatcher.Export.Otlp;

/// <summary>OTLP's JSON encoding (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"): protobuf's JSON mapping, in which 64-bit
/// numbers are strings and enumerators are numbers.</summary>
/// <param name="version">livewatcher's own.</param>
/// <param name="host">Where it runs.</param>
/// <param name="start">When the counting began.</param>
internal sealed class OtlpJson(string version, string host, DateTimeOffset start)
{
    /// <summary>AGGREGATION_TEMPORALITY_CUMULATIVE of opentelemetry/proto/metrics/v1/metrics.proto.</summary>
    private const int Cumulative = 2;

    /// <summary>Names for which OpenTelemetry's semantic conventions have one.</summary>
    private static readonly Dictionary<string, string> Conventions = new(StringComparer.Ordinal)
    {
        ["function"] = "code.function.name",
        ["file"] = "code.file.path",
        ["line"] = "code.line.number",
        ["process"] = "process.pid",
        ["thread"] = "thread.id",
        ["thread_name"] = "thread.name",
    };

    internal byte[] Logs(IEnumerable<Message> messages) => Document(json =>
    {
        Begin(json, "resourceLogs", "scopeLogs");
        json.WriteStartArray("logRecords");
        foreach (Message message in messages)
            Write(json, message);
        json.WriteEndArray();
    });

    internal byte[] Metrics(IEnumerable<Metric> metrics, DateTimeOffset now) => Document(json =>
    {
        Begin(json, "resourceMetrics", "scopeMetrics");
        json.WriteStartArray("metrics");
        foreach (Metric metric in metrics.Where(metric => metric.Points.Count > 0))
            Write(json, metric, now);
        json.WriteEndArray();
    });

    /// <summary>How many log records a receiver has refused, of its answer to a request that went well ("partial success").</summary>
    internal static (long Refused, string? Why) ReadAnswer(byte[] body)
    {
        try
        {
            using JsonDocument answer = JsonDocument.Parse(body);
            if (answer.RootElement.ValueKind != JsonValueKind.Object || !answer.RootElement.TryGetProperty("partialSuccess", out JsonElement partial)
                || partial.ValueKind != JsonValueKind.Object || !partial.TryGetProperty("rejectedLogRecords", out JsonElement rejected))
            {
                return default;
            }

            string? why = partial.TryGetProperty("errorMessage", out JsonElement said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
            return long.TryParse(rejected.ToString(), CultureInfo.InvariantCulture, out long count) && count > 0 ? (count, why) : default;
        }
        catch (JsonException)
        {
            return default; // an answer of another kind says nothing of records
        }
    }

    private static byte[] Document(Action<Utf8JsonWriter> content)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject(); // scope
            json.WriteEndArray();
            json.WriteEndObject(); // resource
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private void Begin(Utf8JsonWriter json, string resources, string scopes)
    {
        json.WriteStartArray(resources);
        json.WriteStartObject();
        json.WriteStartObject("resource");
        json.WriteStartArray("attributes");
        Attribute(json, "service.name", "livewatcher");
        Attribute(json, "service.version", version);
        Attribute(json, "host.name", host);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray(scopes);
        json.WriteStartObject();
        json.WriteStartObject("scope");
        json.WriteString("name", "livewatcher");
        json.WriteString("version", version);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Message message)
    {
        // SeverityNumber of opentelemetry/proto/logs/v1/logs.proto: INFO 9, INFO2 10, WARN 13.
        (int number, string text) = message.Severity switch
        {
            Severity.Warning => (13, "WARN"),
            Severity.Notice => (10, "INFO2"),
            _ => (9, "INFO"),
        };
        json.WriteStartObject();
        json.WriteString("timeUnixNano", Nanoseconds(message.Time));
        json.WriteString("observedTimeUnixNano", Nanoseconds(message.Time));
        json.WriteNumber("severityNumber", number);
        json.WriteString("severityText", text);
        json.WriteStartObject("body");
        json.WriteString("stringValue", message.Text);
        json.WriteEndObject();
        json.WriteStartArray("attributes");
        Attribute(json, "event.name", $"livewatcher.{message.Kind}");
        foreach (Field field in message.Fields)
        {
            string name = Conventions.GetValueOrDefault(field.Name) ?? $"livewatcher.{field.Name}";
            if (field.Text is { } content)
                Attribute(json, name, content);
            else
                Attribute(json, name, field.Number);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, Metric metric, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("name", $"livewatcher.{metric.Name["livewatcher_".Length..]}");
        json.WriteString("description", metric.Help);
        json.WriteString("unit", "1");
        json.WriteStartObject(metric.IsCounter ? "sum" : "gauge");
        json.WriteStartArray("dataPoints");
        foreach (Point point in metric.Points)
        {
            json.WriteStartObject();
            if (metric.IsCounter)
                json.WriteString("startTimeUnixNano", Nanoseconds(start));
            json.WriteString("timeUnixNano", Nanoseconds(now));
            json.WriteString("asInt", point.Value.ToString(CultureInfo.InvariantCulture));
            json.WriteStartArray("attributes");
            foreach ((string name, string value) in point.Labels)
                Attribute(json, name, value);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (metric.IsCounter)
        {
            json.WriteNumber("aggregationTemporality", Cumulative);
            json.WriteBoolean("isMonotonic", true);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Attribute(Utf8JsonWriter json, string name, string value) => Attribute(json, name, "stringValue", value);

    /// <summary>64-bit numbers are strings in protobuf's JSON encoding.</summary>
    private static void Attribute(Utf8JsonWriter json, string name, long value) => Attribute(json, name, "intValue", value.ToString(CultureInfo.InvariantCulture));

    private static void Attribute(Utf8JsonWriter json, string name, string kind, string value)
    {
        json.WriteStartObject();
        json.WriteString("key", name);
        json.WriteStartObject("value");
        json.WriteString(kind, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Nanoseconds(DateTimeOffset time) =>
        ((time - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
}
