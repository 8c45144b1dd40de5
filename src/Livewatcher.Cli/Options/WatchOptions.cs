// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Acting;
using Livewatcher.Cli.WatchFiles;
using Livewatcher.Export;
using Livewatcher.Model;
using Livewatcher.Symbols.Servers;

namespace Livewatcher.Cli.Options;

/// <summary>Everything that a watching is told by its options, parsed.</summary>
internal sealed record WatchSettings
{
    internal IReadOnlyList<WatchRequest> Requests { get; init; } = [];

    internal required string Backend { get; init; }

    internal required string Scope { get; init; }

    internal required string Guard { get; init; }

    /// <summary>Whether debug registers trap here is tried before anything is armed.</summary>
    internal bool IsTried { get; init; } = true;

    internal required int StackBytes { get; init; }

    internal required int RingBytes { get; init; }

    /// <summary>Asked for debug files and sources that are not here; null: nobody.</summary>
    internal required Debuginfod? Servers { get; init; }

    internal required FloodSettings Flood { get; init; }

    internal TimeSpan AuditInterval { get; init; }

    /// <summary>Which writers are in order beforehand, and what is learned and saved.</summary>
    internal KnownSettings Known { get; init; } = KnownSettings.None;

    /// <summary>A hit may be filtered in the kernel.</summary>
    internal bool HasFilters => Screen is not null || Known.IsOfUse || Requests.Any(request => request.Filter.HasCondition || request.Filter.NamesWriters || request.Arising is ArisingRule.Heap { Site: not null });

    /// <summary>Watches arm themselves.</summary>
    internal bool HasArisings => Requests.Any(request => request.Arising is not null);

    /// <summary>Signals may be sent at hits.</summary>
    internal bool HasOrders => Requests.Any(request => request.Reaction.Signal is not null);

    internal bool FollowFork { get; init; }

    internal bool FollowExec { get; init; }

    internal TimeSpan? For { get; init; }

    /// <summary>How long a turn is where watches take turns; null where they do not.</summary>
    internal TimeSpan? Turn { get; init; }

    internal long? MaxHits { get; init; }

    /// <summary>gdb's path; null where no watch asks for it.</summary>
    internal string? Gdb { get; init; }

    /// <summary>Null: nothing is recorded.</summary>
    internal RecordSettings? Record { get; init; }

    /// <summary>Who else gets the events.</summary>
    internal ExportSettings Export { get; init; } = new();

    /// <summary>Null: no live view.</summary>
    internal ScreenSettings? Screen { get; init; }

    internal OutputSettings Output { get; init; } = new("text", null, "auto", Source: false);
}

/// <summary>The options of run and attach, defined once.</summary>
internal sealed class WatchOptions
{
    private readonly Option<string[]> watch = new("--watch", "-w")
    {
        Description = "Report writes to what this C/C++ expression names: 'g_table[3].refcnt', 'p->q', 'file.c::x', "
            + "'*(long*)0x7f12a0', '0x7f12a0:8', 'tls_var@THREAD'. Repeatable.",
        HelpName = "EXPR",
    };

    private readonly Option<string[]> awatch = new("--awatch", "-a")
    {
        Description = "Report reads and writes (x86 has no register for reads alone). Repeatable.",
        HelpName = "EXPR",
    };

    private readonly Option<string[]> hbreak = new("--hbreak", "-b")
    {
        Description = "Report executions of a function, FILE:LINE or address, by a debug register. Repeatable.",
        HelpName = "LOCATION",
    };

    private readonly Option<int?> length = new("--len") { Description = "Bytes to watch, where the type's own length is not meant.", HelpName = "N" };

    private readonly Option<bool> followFork = new("--follow-fork") { Description = "Watch children too, from their first instruction." };

    private readonly Option<bool> followExec = new("--follow-exec") { Description = "When the target executes another program, resolve the expressions there." };

    private readonly Option<string?> duration = new("--for") { Description = "End after this time: 30s, 500ms, 5m, 2h.", HelpName = "TIME" };

    private readonly Option<long?> maxHits = new("--max-hits") { Description = "End after this many hits.", HelpName = "N" };

    private readonly RotateOption rotate = new();
    private readonly BackendOptions backend = new();
    private readonly FilterOptions filter = new();
    private readonly ActionOptions actions = new();
    private readonly ArisingOptions arising = new();
    private readonly KnownOptions known = new();
    private readonly OutputOptions output = new();
    private readonly RecordOptions record = new();
    private readonly ExportOptions export = new();
    private readonly ScreenOptions screen = new();

    /// <summary>What a watch file may have.</summary>
    internal WatchVocabulary Vocabulary => new(All, Beginnings, [.. Beginnings, .. arising.Belongings, .. filter.All, .. actions.All], [.. filter.Writers], [arising.Place]);

    private Option[] Beginnings => [watch, awatch, hbreak, .. arising.Beginnings];

    private Option[] All =>
        [.. Beginnings, length, .. arising.Belongings, .. filter.All, .. known.All, .. actions.All, rotate.Option, .. backend.Arming, followFork, followExec, duration, maxHits, .. backend.Capture, .. output.All, .. record.All, .. export.All, .. screen.All];

    internal void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Options.Add(option);
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    internal WatchSettings Read(ParseResult parsed)
    {
        int? bytes = parsed.GetValue(length);
        if (bytes is < 1 or > 32)
            throw new UserException($"--len {bytes}: four debug registers cover 1 to 32 bytes");
        List<WatchRequest> requests = filter.Read(parsed, new Dictionary<Option, Func<string, WatchRequest>>
        {
            [watch] = text => new WatchRequest(text, AccessMode.Write, bytes),
            [awatch] = text => new WatchRequest(text, AccessMode.Access, bytes),
            [hbreak] = text => new WatchRequest(text, AccessMode.Execute),
        }, actions, arising);
        if (requests.Count == 0)
            throw new UserException("nothing to watch: give --watch EXPR, --awatch EXPR or --hbreak LOCATION");
        bool follows = parsed.GetValue(followFork) || parsed.GetValue(followExec);
        if (follows && requests.Find(request => request.Arising is not null) is { } alone)
        {
            throw new UserException($"{(parsed.GetValue(followFork) ? "--follow-fork" : "--follow-exec")} does not go with '{alone.Expression}': "
                + "what arms itself does so in one process and one program");
        }

        long? hits = parsed.GetValue(maxHits);
        if (hits is < 1)
            throw new UserException($"--max-hits {hits}: at least 1");
        WatchSettings arming = backend.Read(parsed);
        TimeSpan? turn = rotate.Read(parsed, requests, parsed.GetValue(followFork), arming.Flood);
        return arming with
        {
            Requests = requests,
            Gdb = Debugger.Find(requests),
            Known = known.Read(parsed),
            FollowFork = parsed.GetValue(followFork),
            FollowExec = parsed.GetValue(followExec),
            Turn = turn,
            For = parsed.GetValue(duration) is { } time ? Quantities.ParseTime(time) : null,
            MaxHits = hits,
            Output = output.Read(parsed, arming.Servers),
            Screen = screen.Read(parsed, output.Read(parsed, arming.Servers)),
            Record = record.Read(parsed),
            Export = export.Read(parsed),
        };
    }
}
