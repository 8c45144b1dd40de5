// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Fuzz;
using Livewatcher.Fuzz.Seeds;
using SharpFuzz;

const int Usage = 2;

switch (args)
{
    case ["list"]:
        foreach (string name in FuzzTargets.Names)
            Console.WriteLine(name);
        return 0;

    // One input after the other from standard input, for afl-fuzz. libdw is native: what kills the process must not kill the server.
    case ["fuzz", var name] when FuzzTargets.Find(name) is { } target:
        Fuzzer.OutOfProcess.Run(input => Bounds.ForFuzzing.Run(target, ReadAll(input)));
        return 0;

    case ["replay", var name, .. var files] when FuzzTargets.Find(name) is { } target:
        return Replay.Run(name, input => Bounds.ForReplay.Run(target, input), files);

    // What afl-fuzz takes for a hang may be a busy machine. The first run compiles.
    case ["confirm", var name, .. var files] when FuzzTargets.Find(name) is { } target:
        return Replay.Run(name, input => { target(input); Bounds.Exact.Run(target, input); }, files);

    case ["seed", var corpus]:
        SeedWriter.Write(corpus);
        return 0;

    default:
        Console.Error.WriteLine("usage: Livewatcher.Fuzz list | fuzz TARGET | replay TARGET FILE... | confirm TARGET FILE... | seed CORPUS");
        return Usage;
}

static byte[] ReadAll(Stream input)
{
    using MemoryStream copy = new();
    input.CopyTo(copy);
    return copy.ToArray();
}
