// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests.Completion;

/// <summary>Each script in its real shell: the shell is asked, not the script read.</summary>
public sealed class CompletionTests(Shells shells) : IClassFixture<Shells>
{
    public static TheoryData<string> Every => [.. Shells.Names];

    [Theory]
    [MemberData(nameof(Every))]
    public async Task TheScriptIsWholeAndDoesNotStartLivewatcher(string shell)
    {
        Outcome script = await Binary.RunAsync("completion", shell);
        script.Status.Should().Be(0);
        script.Output.Should().EndWith("\n").And.NotContain("\r").And.NotContain("$(livewatcher").And.NotContain("`livewatcher");
        string file = Path.Combine(shells.Folder, "script");
        await File.WriteAllTextAsync(file, script.Output, TestContext.Current.CancellationToken);
        Outcome syntax = await Binary.RunOtherAsync(shell, "-n", file);
        syntax.Should().Be(new Outcome(0, "", ""));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task VerbsThatHelpLists(string shell)
    {
        (await shells.OffersAsync(shell, "livewatcher ")).Should().BeEquivalentTo("run", "attach", "listen", "ctl", "report", "diff", "check", "doctor", "completion", "man");
        (await shells.OffersAsync(shell, "livewatcher ru")).Should().Equal("run");
    }

    /// <summary>Against --help, from which nothing may be missing and to which nothing may be added.</summary>
    [Theory]
    [MemberData(nameof(Every))]
    public async Task LongOptionsAreThoseOfHelp(string shell)
    {
        foreach (string verb in (string[])["run", "attach", "listen", "ctl", "report", "diff", "check", "doctor", "completion", "man"])
        {
            string help = (await Binary.RunAsync(verb, "--help")).Output;
            IEnumerable<string> options = help.Split('\n').Where(line => line.StartsWith("  -", StringComparison.Ordinal))
                .Select(line => line[line.IndexOf("--", StringComparison.Ordinal)..].Split(' ')[0]);
            (await shells.OffersAsync(shell, $"livewatcher {verb} --")).Where(offer => offer.Length > 2).Should().BeEquivalentTo(options, verb);
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task ValuesOfAFixedSet(string shell)
    {
        (await shells.OffersAsync(shell, "livewatcher run --backend ")).Should().BeEquivalentTo("auto", "bpf", "perf", "ptrace");
        (await shells.OffersAsync(shell, "livewatcher attach 1 --guard o")).Should().BeEquivalentTo("off", "on");
        (await shells.OffersAsync(shell, "livewatcher doctor --format=j")).Select(offer => offer.Split('=')[^1]).Should().Equal("json");
        (await shells.OffersAsync(shell, "livewatcher completion ")).Should().BeEquivalentTo("bash", "fish", "zsh");
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task FilesForTheOutput(string shell)
    {
        await File.WriteAllTextAsync(Path.Combine(shells.Folder, "hits.txt"), "", TestContext.Current.CancellationToken);
        foreach (string option in (string[])["--output", "-o"])
        {
            IReadOnlyList<string> offers = await shells.OffersAsync(shell, $"livewatcher attach 1 {option} {shells.Folder}/hi");
            offers.Select(offer => Path.GetFileName(offer)).Should().Equal(["hits.txt"], option);
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task DirectoriesForTheManual(string shell)
    {
        await File.WriteAllTextAsync(Path.Combine(shells.Folder, "manual.txt"), "", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(shells.Folder, "manual.d"));
        IReadOnlyList<string> offers = await shells.OffersAsync(shell, $"livewatcher man {shells.Folder}/man");
        offers.Select(offer => Path.GetFileName(offer.TrimEnd('/'))).Should().Equal("manual.d");
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task ProgramsBehindTheDashesAndTheirOwnArguments(string shell)
    {
        (await shells.OffersAsync(shell, "livewatcher run --watch x -- mkfif")).Distinct().Should().Equal("mkfifo");
        await File.WriteAllTextAsync(Path.Combine(shells.Folder, "input.dat"), "", TestContext.Current.CancellationToken);
        (await shells.OffersAsync(shell, $"livewatcher run --watch x -- cat {shells.Folder}/inp"))
            .Select(offer => Path.GetFileName(offer)).Should().Equal("input.dat");
        (await shells.OffersAsync(shell, "livewatcher run --watch x -- mkfifo --backend")).Should().BeEmpty("our options are none of the program's");
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task ProcessesToAttachTo(string shell)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        (await shells.OffersAsync(shell, $"livewatcher attach {own}")).Should().Contain(own);
        string name = (await File.ReadAllTextAsync("/proc/self/comm", TestContext.Current.CancellationToken)).Trim();
        (await shells.OffersAsync(shell, $"livewatcher attach {name[..^1]}")).Should().Contain(name);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task NothingForAnExpressionAndNothingWhereNothingMayStand(string shell)
    {
        (await shells.OffersAsync(shell, "livewatcher run --watch ru")).Should().BeEmpty();
        (await shells.OffersAsync(shell, "livewatcher doctor x")).Should().BeEmpty();
        (await shells.OffersAsync(shell, "livewatcher bogus x")).Should().BeEmpty();
    }

    /// <summary>Whoever names a process must not run code in the shell of who attaches to it.</summary>
    [Theory]
    [MemberData(nameof(Every))]
    public async Task AProcessNameIsNeverEvaluated(string shell)
    {
        string program = Path.Combine(shells.Folder, $"$(touch {shell})");
        (await Binary.RunOtherAsync("ln", "-s", "/bin/sleep", program)).Status.Should().Be(0);
        using Process sleeper = Process.Start(new ProcessStartInfo(program, "60") { UseShellExecute = false })!;
        try
        {
            // Its name has room for it: 15 characters of /proc/PID/comm.
            (await shells.OffersAsync(shell, "livewatcher attach ")).Should().Contain(offer => offer.Contains("touch"));
            File.Exists(shell).Should().BeFalse("a shell started here would have made it here");
        }
        finally
        {
            sleeper.Kill();
        }
    }
}
