// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Livewatcher.Live.Tests.Running;
using Livewatcher.Soak.Faults;
using Livewatcher.Soak.Scenes;

namespace Livewatcher.Soak.Planning;

/// <summary>Chooses each round from the seed and the round's number alone, so that one round can be had again. Faults are drawn from
/// a bag that holds each of them once: in a short soak none is left out.</summary>
/// <param name="seed">Of the whole soak.</param>
/// <param name="arena">What there is to choose from.</param>
internal sealed class Chooser(int seed, Arena arena)
{
    private const int Registers = 4;

    public Plan Choose(int number)
    {
        var bag = Catalogue.All.Where(fault => !arena.LosesHits || !fault.IsUnguarded).ToArray();
        RandomOf(number / bag.Length, 1).Shuffle(bag);
        var fault = bag[number % bag.Length];
        var random = RandomOf(number, 2);
        return fault.Shape(Draw(number, fault, random), random);
    }

    private static bool Chance(Random random, int percent) => random.Next(100) < percent;

    private static T OneOf<T>(Random random, params ReadOnlySpan<T> all) => all[random.Next(all.Length)];

    /// <summary>By way of a hash: of neighbouring seeds, System.Random's first numbers are neighbours too.</summary>
    private Random RandomOf(int number, int purpose) =>
        new(BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {number} {purpose}"))));

    private Plan Draw(int number, Fault fault, Random random)
    {
        var run = Chance(random, 40);
        var backend = OneOf(random, "bpf", "bpf", "perf", "ptrace");
        var scope = OneOf(random, "cpu", "task");
        var guard = OneOf(random, "on", "off");
        var forks = Chance(random, 30);
        var threads = random.Next(1, 7);
        return new Plan
        {
            Number = number,
            Fault = fault,
            Program = arena.Variants[random.Next(arena.Variants.Count)],
            Run = run,
            Backend = backend,
            Scope = backend == "bpf" && !arena.LosesHits ? scope : "task",
            Guard = backend == "ptrace" || arena.LosesHits ? "on" : guard,
            Watches = DrawWatches(random, heapIsThere: !run),
            Threads = threads,
            Churn = Chance(random, 40),
            Forks = forks,
            Locked = Chance(random, 60),
            Calls = Chance(random, 50),
            PaceMicroseconds = 1_000_000 * threads / DrawRate(random, backend),
            FollowFork = forks && Chance(random, 60),
            FollowExec = Chance(random, 15),
            Load = OneOf(random, Load.None, Load.None, Load.Busy, Load.TargetStops, Load.WatcherStops),
            Gated = Chance(random, 50),
            Quiet = Chance(random, 50),
            Moment = random.Next(300, 1500),
            Pause = random.Next(200, 1500),
        };
    }

    /// <summary>Accesses a second. Emulated hits are slow, and a hit that stops its thread is slower still.</summary>
    private static int DrawRate(Random random, string backend) =>
        random.Next(100, 400) * Emulation.Choose(6, 1) / (backend == "ptrace" ? 3 : 1);

    private static List<PlannedWatch> DrawWatches(Random random, bool heapIsThere)
    {
        var words = Enum.GetValues<Word>().Where(word => heapIsThere || word != Word.Heap).ToArray();
        random.Shuffle(words);
        return [.. words.Take(random.Next(1, Registers + 1)).Select(word => new PlannedWatch(word, KindOf(word, random)))];
    }

    private static WatchKind KindOf(Word word, Random random) =>
        word == Word.Step ? WatchKind.Execute : Chance(random, 25) ? WatchKind.Access : WatchKind.Write;
}
