// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;

namespace Livewatcher.Live.Tests.Reports;

/// <summary>Everything one run of livewatcher has said with --format json.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly List<string> _types = [];

    private Report()
    {
    }

    public List<ArmedLine> Armed { get; } = [];

    /// <summary>Hits and escaped writes, as they came.</summary>
    public List<HitLine> AllHits { get; } = [];

    public List<NoteLine> Notes { get; } = [];

    public List<WriterLine> Writers { get; } = [];

    public List<MessageLine> Messages { get; } = [];

    public List<RegistersLine> Registers { get; } = [];

    /// <summary>Absent only where the run was killed.</summary>
    public CoverageLine? LastLine { get; private set; }

    /// <summary>The kind of each line.</summary>
    public IReadOnlyList<string> Types => _types;

    public CoverageLine Coverage => LastLine ?? throw new InvalidDataException("The run has no coverage line.");

    /// <summary>Without escaped writes, for they are found by their effect only.</summary>
    public IReadOnlyList<HitLine> Hits => [.. AllHits.Where(hit => !hit.Escaped)];

    public IReadOnlyList<HitLine> HitsOn(string watch) => [.. AllHits.Where(hit => !hit.Escaped && hit.Watch == watch)];

    public static Report Read(string path) => Of(File.ReadLines(path));

    public static Report Of(IEnumerable<string> lines)
    {
        var report = new Report();
        foreach (var line in lines)
        {
            report.Take(line);
        }

        return report;
    }

    /// <summary>The first line, of a file whose last one may be unfinished.</summary>
    public static ArmedLine FirstArmed(string path) => Parse<ArmedLine>(File.ReadLines(path).First());

    /// <summary>Whether so many watches are armed by now. The file is being written.</summary>
    public static bool IsArmed(string path, int watches) =>
        File.Exists(path) && File.ReadLines(path).Take(watches + 50).Count(line => line.StartsWith("{\"type\":\"armed\"", StringComparison.Ordinal)) >= watches;

    private void Take(string line)
    {
        using var document = JsonDocument.Parse(line);
        var type = document.RootElement.GetProperty("type").GetString()!;
        _types.Add(type);
        switch (type)
        {
            case "armed":
                Armed.Add(Parse<ArmedLine>(line));
                break;
            case "hit":
                AllHits.Add(Parse<HitLine>(line));
                break;
            case "note":
                Notes.Add(Parse<NoteLine>(line));
                break;
            case "writer":
                Writers.Add(Parse<WriterLine>(line));
                break;
            case "disarmed" or "status":
                break;
            case "message":
                Messages.Add(Parse<MessageLine>(line));
                break;
            case "registers":
                Registers.Add(Parse<RegistersLine>(line));
                break;
            case "coverage":
                LastLine = Parse<CoverageLine>(line);
                break;
            default:
                throw new InvalidDataException($"A line of a type that docs/json.md does not know: {line}");
        }
    }

    private static T Parse<T>(string line) => JsonSerializer.Deserialize<T>(line, Options)!;
}
