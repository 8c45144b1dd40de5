// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Reporting;

// Livewatcher.Bench PART BINARY PROGRAMS OUTPUT [--quick] [--untried] [--load FILE] [--large FILE] [--huge FILE] [--only TITLE]: measures one part, or one section
// of it, and writes it as docs/benchmarks.md has it. PART is "cost" or "hits" (what needs debug registers that trap, in two halves of about the same length),
// "armed" (what needs some that can be armed; --untried: they do not trap) or "start" (what needs none).
if (args is not [var part and ("cost" or "hits" or "armed" or "start"), var binary, var programs, var output, .. var rest])
{
    Console.Error.WriteLine("usage: Livewatcher.Bench cost|hits|armed|start BINARY PROGRAMS OUTPUT [--quick] [--untried] [--load FILE] [--large FILE] [--huge FILE] [--only TITLE]");
    return 2;
}

string? Value(string name) => Array.IndexOf(rest, name) is var at and >= 0 && at + 1 < rest.Length ? rest[at + 1] : null;

DirectoryInfo scratch = Directory.CreateTempSubdirectory("livewatcher-bench-");
try
{
    Ground ground = new(binary, programs, scratch.FullName, rest.Contains("--quick"), rest.Contains("--untried"));
    Markdown text = new();
    IPart measured = part switch
    {
        "cost" => new CostPart(ground),
        "hits" => new HitsPart(ground),
        "armed" => new ArmedPart(ground),
        _ => new StartPart(new StartCost(ground, Value("--large") ?? "", Value("--huge") ?? ""), new RecordingCost(ground, Value("--load") ?? "")),
    };
    List<Section> sections = [.. measured.Sections.Where(section => Value("--only") is not { } only || section.Title == only)];
    if (sections.Count == 0)
    {
        Console.Error.WriteLine($"Livewatcher.Bench: {part} has {string.Join(", ", measured.Sections.Select(section => $"\"{section.Title}\""))}");
        return 2;
    }

    foreach (Section section in sections)
    {
        text.Section(section.Title);
        section.Write(text);
    }

    File.WriteAllText(output, text.ToString());
    return 0;
}
finally
{
    scratch.Delete(recursive: true);
}
