// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;

namespace Livewatcher.Live.Tests.Counting;

/// <summary>The programs in which threads change one counter under a mutex and another one atomically, and what must be true of
/// a run of theirs.</summary>
internal static class Counters
{
    public static readonly long Rounds = Emulation.Choose(500, 100);
    public const long Threads = 4;

    public static Recipe Variant(string name, string extension, string compiler, string optimization, Linking linking)
    {
        var library = linking == Linking.SharedLibrary;
        var part = new Recipe(name + extension) { Compiler = compiler, Optimization = optimization, Linking = linking };
        var main = part with { Sources = [name + extension, $"{name}_main{extension}"] };
        return library ? main with { Sources = [$"{name}_main{extension}"], Name = name, Linking = Linking.Pie, Library = part } : main;
    }

    public static void Check(Run run, string locked, string atomic)
    {
        run.Status.Should().Be(0);
        var own = run.Facts;
        own["hits " + locked].Should().Be(Rounds * Threads, "the program did what it was written for");
        var complete = Honesty.Check(run.Report, (locked, own["hits " + locked]), (atomic, own["hits " + atomic]));
        Writers.AreStores(run.Report.Hits);
        run.Report.Hits.Select(hit => hit.Pid).Distinct().Should().HaveCount(1);
        if (complete)
        {
            Writers.CountUp(run.Report.HitsOn(locked));
            run.Report.Hits.CountBy(hit => hit.Thread!).ToDictionary(pair => pair.Key, pair => (long)pair.Value, StringComparer.Ordinal)
                .Should().Equal(own.All("thread "), "each thread has counted its own writes");
            run.Report.Hits.Select(hit => hit.Tid).Distinct().Should().HaveCount((int)Threads);
        }
    }
}
