// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Reporting;

// Livewatcher.Bench PART BINARY PROGRAMS OUTPUT [--quick] [--load FILE] [--large FILE]: measures one part and writes its section of
// docs/benchmarks.md. PART is "hits" (what needs debug registers that trap) or "start" (what does not).
if (args is not [var part and ("hits" or "start"), var binary, var programs, var output, .. var rest])
{
    Console.Error.WriteLine("usage: Livewatcher.Bench hits|start BINARY PROGRAMS OUTPUT [--quick] [--load FILE] [--large FILE]");
    return 2;
}

string? Value(string name) => Array.IndexOf(rest, name) is var at and >= 0 && at + 1 < rest.Length ? rest[at + 1] : null;

DirectoryInfo scratch = Directory.CreateTempSubdirectory("livewatcher-bench-");
try
{
    Ground ground = new(binary, programs, scratch.FullName, rest.Contains("--quick"));
    Markdown text = new();
    if (part == "hits")
        new HitsPart(ground).Write(text);
    else
        new StartPart(new StartCost(ground, Value("--load") ?? "", Value("--large") ?? "")).Write(text);
    File.WriteAllText(output, text.ToString());
    return 0;
}
finally
{
    scratch.Delete(recursive: true);
}
