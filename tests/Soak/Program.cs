// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Diagnostics;
using Livewatcher.Live.Tests.Running;
using Livewatcher.Soak;
using Livewatcher.Soak.Faults;
using Livewatcher.Soak.Planning;
using Livewatcher.Soak.Reporting;
using Livewatcher.Soak.Scenes;

// Random programs, random watches, random faults, until the time is up.
Option<int> seconds = new("--seconds") { Description = "How long.", DefaultValueFactory = _ => 3600 };
Option<int?> seed = new("--seed") { Description = "Choose as that soak did." };
Option<int?> round = new("--round") { Description = "This round only." };
Option<string[]> with = new("--with") { Description = "Rounds only whose line, as it is printed, contains this. Repeatable." };
Option<FileInfo> binary = new("--binary") { Description = "livewatcher.", Required = true };
Option<DirectoryInfo> programs = new("--programs") { Description = "What build-programs.sh has built.", Required = true };
RootCommand root = new("livewatcher under random programs, random watches and random faults.") { seconds, seed, round, with, binary, programs };
root.SetAction(async (parsed, _) =>
{
    if (!Environment.IsPrivilegedProcess)
    {
        Console.Error.WriteLine("soak: it takes root");
        return 2;
    }

    var chosen = parsed.GetValue(seed) ?? Random.Shared.Next(1_000_000);
    Arena arena = new(parsed.GetValue(binary)!.FullName, parsed.GetValue(programs)!.FullName);
    Chooser chooser = new(chosen, arena);
    Narrator narrator = new(Catalogue.All, $"tests/Soak/run.sh {parsed.GetValue(binary)}{(Emulation.IsOn ? " --vm" : "")} --seed {chosen}", Console.Out);
    Console.WriteLine($"soak: seed {chosen}");
    var clock = Stopwatch.StartNew();
    var words = parsed.GetValue(with) ?? [];
    var plans = parsed.GetValue(round) is { } one
        ? [chooser.Choose(one)]
        : Enumerable.Range(0, int.MaxValue).Select(chooser.Choose).Where(plan => words.All(plan.ToString().Contains));
    foreach (var plan in plans)
    {
        narrator.Tell(await new Round(arena, plan).RunAsync());
        if (clock.Elapsed.TotalSeconds >= parsed.GetValue(seconds))
        {
            break;
        }
    }

    return narrator.Conclude();
});
return await root.Parse(args).InvokeAsync();
