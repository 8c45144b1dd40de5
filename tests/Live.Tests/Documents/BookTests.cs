// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Cli.Tests.Screen;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Documents;

/// <summary>Every command of the book that RunDocumentTests does not run, as a reader would: in a folder with the programs that the pages name
/// (programs/book), each page's commands in its order, ended by Ctrl-C, or by q on a terminal, when they have hits.</summary>
public sealed partial class BookTests : LiveTest
{
    /// <summary>Of the server, after the first hit: it does everything in one.</summary>
    private const int Rounds = 3;

    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(20 * Emulation.Slowness);

    /// <summary>One by itself: --filter-trait page=docs/actions.md.</summary>
    public static IEnumerable<TheoryDataRow<string>> Pages => Book.Pages
        .Where(page => Book.Blocks(page).Any(block => block.Any(command => !Book.NotRun.ContainsKey(command.Text))))
        .Select(page => new TheoryDataRow<string>(page).WithTrait("page", page));

    private string Sources => Path.Combine(Folder, "src");

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task EveryCommandDoesWhatItIsThereFor(string page)
    {
        await FurnishAsync();
        List<string> wrong = [];
        foreach (var block in Book.Blocks(page))
        {
            List<(BookCommand Command, Child Child)> beside = [];
            foreach (var command in block.Where(command => !Book.NotRun.ContainsKey(command.Text)))
            {
                if (command.RunsBeside)
                    beside.Add((command, await StartBesideAsync(command)));
                else
                    Tell(command, await PerformAsync(command, alone: beside.Count == 0), wrong);
            }

            foreach ((var command, var child) in Enumerable.Reverse(beside))
                Tell(command, await EndBesideAsync(command, child), wrong);
        }

        string.Join("\n\n", wrong).Should().BeEmpty();
    }

    [Fact]
    public void WhatIsNotRunIsInTheBook()
    {
        var all = Book.Pages.SelectMany(Book.Blocks).SelectMany(block => block).Select(command => command.Text).ToHashSet();
        Book.NotRun.Keys.Should().OnlyContain(text => all.Contains(text), "what the book no longer says needs no excuse");
    }

    private static void Tell(BookCommand command, List<string> reasons, List<string> wrong)
    {
        if (reasons.Count > 0)
            wrong.Add($"{command.Place}: {command.Text}\n{string.Join('\n', reasons)}");
    }

    /// <summary>A folder with all that the pages take for granted.</summary>
    private async Task FurnishAsync()
    {
        var library = Path.Combine(Repository.Root, "artifacts", "native", "liblivewatcher");
        var book = Path.Combine(Repository.Programs, "book");
        string[] sources = ["server.c", "parser.c", "session.c", "queue.c", "cache.c"];
        Recipe server = new([.. sources.Select(source => $"book/{source}")])
        {
            Optimization = "-O0 -fno-omit-frame-pointer -fstack-protector-all",
            Linking = Linking.NoPie, // for '*(long*)0x7f12a0'
            Extra = $"-Wl,--section-start=.fixed=0x7f12a0 -fdebug-prefix-map={book}=/build/server "
                + $"-I{Path.Combine(Repository.Root, "native", "liblivewatcher", "include")} -L{library} -Wl,-rpath,{library} -Wl,--no-as-needed -llivewatcher",
        };
        foreach (var recipe in (Recipe[])[server, new Recipe("book/batch.c"), new Recipe("../../../samples/overrun/overrun.c")])
            File.Copy(await Toolchain.BuildAsync(recipe), Path.Combine(Folder, recipe.Name));
        foreach ((var name, var text) in Book.Files())
            await File.WriteAllTextAsync(Path.Combine(Folder, name), text);
        File.Copy(Path.Combine(book, "notify.sh"), Path.Combine(Folder, "notify.sh"));
        Directory.CreateDirectory(Sources);
        foreach (var source in sources)
            File.Copy(Path.Combine(book, source), Path.Combine(Sources, source));
    }

    /// <param name="command">One of a block.</param>
    /// <param name="alone">Whether none of its block's runs beside it.</param>
    private async Task<List<string>> PerformAsync(BookCommand command, bool alone)
    {
        var server = command.Verb == "attach" ? await StartServerAsync() : null;
        List<string> wrong;
        using (var receivers = await Receivers.ForAsync(command, Sources))
        {
            wrong = command.IsOnTerminal ? OnTerminal(command) : await InShellAsync(command, server, receivers);
            wrong.AddRange(receivers.Empty.Select(name => $"{name} has got nothing"));
        }

        wrong.AddRange(command.Files.Where(file => new FileInfo(Path.Combine(Folder, file)) is not { Exists: true, Length: > 0 }).Select(file => $"there is no {file}, or nothing in it"));
        if (server is not null && !command.Actions.Contains("kill"))
        {
            if (server.HasExited)
                wrong.Add(server.Describe("the program has come to harm"));
            await server.SignalAsync("CONT"); // after --on-hit stop
            await server.SignalAsync("INT");
            if (await server.ExitAsync(Patient) is not 0 and var status)
                wrong.Add(server.Describe($"the program has come to harm: {status}"));
        }

        foreach (var left in alone ? ProcFile.Running(Path.Combine(Folder, "server")) : [])
            await Child.RunAsync("sh", ["-c", $"kill -9 {left} || true"], Limit); // what run has started runs on
        return wrong;
    }

    private async Task<List<string>> InShellAsync(BookCommand command, Child? server, Receivers receivers)
    {
        var child = Shell(command.For(server?.Id ?? 0));
        var interrupted = false;
        if (command.IsWatching)
        {
            int? atFirst = null;
            await UntilOrLateAsync(() => child.HasExited || !command.EndsByItself && IsUnderWay(command, Said(command, child))
                && (RoundsOf(server ?? child) >= (atFirst ??= RoundsOf(server ?? child)) + Rounds || IsStopped(server)));
            using CancellationTokenSource late = new(Patient);
            await receivers.ScrapeAsync(late.Token);
            if (!child.HasExited)
            {
                interrupted = true;
                await Child.RunAsync("kill", ["-INT", $"{FindLivewatcher()}"], Limit);
            }
        }

        var status = await child.ExitAsync(Limit);
        var all = Said(command, child);
        List<string> wrong = [];
        if (!command.Statuses(interrupted, all).Contains(status))
            wrong.Add($"status {status}, and not {string.Join(" or ", command.Statuses(interrupted, all))}");
        if (Error().Match(all) is { Success: true } error)
            wrong.Add(error.Value);
        if (command.MustSpeak && string.IsNullOrWhiteSpace(all))
            wrong.Add("it says nothing");
        if (command.IsWatching)
            wrong.AddRange(Unproven(command, all));
        if (command.Verb == "report" && !command.Has("--format") && !Writer().IsMatch(all))
            wrong.Add("no writer");
        if (command.FindsSource && !all.Contains("cfg->limit = ", StringComparison.Ordinal) && !all.Contains("g_state = state;", StringComparison.Ordinal))
            wrong.Add("no source line");
        return wrong.Count == 0 ? [] : [.. wrong, child.Describe(all.Length > 6000 ? all[^6000..] : all)];
    }

    /// <summary>Live views: hits are seen, and q leaves.</summary>
    private List<string> OnTerminal(BookCommand command)
    {
        using Tmux terminal = new(100, 30);
        terminal.Start($"cd {Folder}; PATH={Path.GetDirectoryName(Repository.Livewatcher)}:$PATH; clear");
        terminal.Start($"{command.Text}; echo status $?");
        terminal.Until(Hits().IsMatch, "hits");
        terminal.Type("q");
        var end = terminal.Until(Status().IsMatch, "its end");
        var status = int.Parse(Status().Match(end).Groups["status"].Value, null);
        return command.Statuses(interrupted: true, end).Contains(status) ? [] : [$"status {status}\n{end}"];
    }

    private async Task<Child> StartBesideAsync(BookCommand command)
    {
        var child = Shell(command.Text);
        await UntilOrLateAsync(() => child.HasExited || (command.Verb == "listen" ? (child.Output + child.Errors).Contains("listens at", StringComparison.Ordinal) : RoundsOf(child) >= Rounds));
        return child;
    }

    private async Task<List<string>> EndBesideAsync(BookCommand command, Child child)
    {
        List<string> wrong = child.HasExited ? ["it has ended by itself"] : [];
        foreach (var one in command.Verb == "listen" ? [FindLivewatcher()] : ProcFile.Running(Path.Combine(Folder, "server")))
            await Child.RunAsync("kill", ["-INT", $"{one}"], Limit);
        if (await child.ExitAsync(Limit) is not 0 and var status)
            wrong.Add($"status {status}");
        if (command.Verb == "listen")
            wrong.AddRange(Unproven(command, child.Output + child.Errors));
        return wrong.Count == 0 ? [] : [.. wrong, child.Describe("")];
    }

    /// <summary>A watching was armed, its hits were counted and reported, and its statement says so.</summary>
    private static IEnumerable<string> Unproven(BookCommand command, string all)
    {
        if (command.Actions.Contains("gdb"))
        {
            if (!all.Contains("(gdb)", StringComparison.Ordinal))
                yield return "no gdb";
        }
        else if (!Counted().IsMatch(all))
        {
            yield return "no hits in a coverage statement";
        }

        if (command.ReportsHits && !Hit().IsMatch(all))
            yield return "no hit was reported";
        foreach (var prefix in command.Actions.Where(action => action.StartsWith("core ", StringComparison.Ordinal)).Select(action => action[5..]))
        {
            var cores = Directory.GetFiles(Path.GetDirectoryName(prefix)!, Path.GetFileName(prefix) + ".*");
            if (cores.Length == 0)
                yield return $"no {prefix}.*";
            Array.ForEach(cores, File.Delete);
        }
    }

    private static bool IsUnderWay(BookCommand command, string said) => command.Has("--learn") ? said.Contains("learned ", StringComparison.Ordinal) : Hit().IsMatch(said);

    private static bool IsStopped(Child? server) => server is not null && ProcFile.Status(server.Id, "State")?.StartsWith('T') == true;

    private static int RoundsOf(Child server) => Round().Count(server.Output);

    private async Task<Child> StartServerAsync()
    {
        var server = Start(Path.Combine(Folder, "server"), []);
        await Patience.UntilAsync(() => RoundsOf(server) > 0, Patient, () => server.Describe("it does not run"));
        return server;
    }

    /// <summary>"PATH=" and not the environment: a shell's own start-up files may set it anew.</summary>
    private Child Shell(string text) =>
        Start("bash", ["-c", $"PATH={Path.GetDirectoryName(Repository.Livewatcher)}:$PATH; export DEBUGINFOD_CACHE_PATH={Folder}/debuginfod; cd {Folder}; {text}"]);

    private string Said(BookCommand command, Child child) =>
        string.Concat([child.Output, child.Errors, .. command.Values("--output").Select(file => Path.Combine(Folder, file)).Where(File.Exists).Select(File.ReadAllText)]);

    /// <summary>What does not come in time is told by what it has said so far.</summary>
    private static async Task UntilOrLateAsync(Func<bool> condition)
    {
        using CancellationTokenSource late = new(Patient);
        while (!condition() && !late.IsCancellationRequested)
            await Patience.PauseAsync(20);
    }

    [GeneratedRegex("^round [0-9]+", RegexOptions.Multiline, 10_000)]
    private static partial Regex Round();

    [GeneratedRegex("^livewatcher: (?!process [0-9]+ runs on, unwatched$).*$", RegexOptions.Multiline, 10_000)]
    private static partial Regex Error();

    [GeneratedRegex("^#[0-9,]+ |\"type\":\"hit\"", RegexOptions.Multiline, 10_000)]
    private static partial Regex Hit();

    [GeneratedRegex("^ *[1-9][0-9,]* hits? counted by the kernel|\"counted\":[1-9]", RegexOptions.Multiline, 10_000)]
    private static partial Regex Counted();

    [GeneratedRegex("^ +1 +[1-9]", RegexOptions.Multiline, 10_000)]
    private static partial Regex Writer();

    [GeneratedRegex(@"\| [1-9][0-9,]* hits,", RegexOptions.None, 10_000)]
    private static partial Regex Hits();

    [GeneratedRegex("^status (?<status>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Status();
}
