// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests.Manual;

/// <summary>The manual pages, as man(1) and mandoc(1) read them.</summary>
public sealed class ManualTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-manual-").FullName;

    public static TheoryData<string> Verbs => ["run", "attach", "listen", "ctl", "report", "diff", "check", "doctor", "completion", "man"];

    public static TheoryData<string> Pages => ["livewatcher.1", "livewatcher-run.1", "livewatcher-attach.1", "livewatcher-listen.1", "livewatcher-ctl.1", "livewatcher-report.1", "livewatcher-diff.1", "livewatcher-check.1", "livewatcher-doctor.1", "livewatcher-completion.1", "livewatcher-man.1"];

    public async ValueTask InitializeAsync() => (await Binary.RunAsync("man", folder)).Should().Be(new Outcome(0, "", ""));

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void ThereIsAPageForTheCommandAndOneForEachVerb() =>
        Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Should().BeEquivalentTo(Pages.Select(page => page.Data));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task ManAndMandocHaveNoComplaint(string page)
    {
        string path = Path.Combine(folder, page);
        Outcome man = await Binary.RunOtherAsync("man", "--warnings", "-E", "UTF-8", "-l", path);
        man.Error.Should().BeEmpty();
        man.Status.Should().Be(0);
        Outcome lint = await Binary.RunOtherAsync("mandoc", "-T", "lint", path);
        (lint.Output + lint.Error).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task APageSaysAllThatHelpSays(string verb)
    {
        string page = await ReadAsync($"livewatcher-{verb}.1");
        string[] help = (await Binary.RunAsync(verb, "--help")).Output.Split('\n');
        foreach (string line in help.Where(line => line.StartsWith("  -", StringComparison.Ordinal)))
        {
            string description = line[2..].Split("  ", 2, StringSplitOptions.TrimEntries)[1];
            page.Should().Contain(Squeezed(description.Split(" [default:")[0].TrimEnd('.')));
            foreach (string name in line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[0].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Where(name => name.StartsWith('-')))
                page.Should().Contain(name);
        }

        foreach (string example in help.Where(line => line.StartsWith("    livewatcher ", StringComparison.Ordinal)))
            page.Should().Contain(Squeezed(example));
    }

    [Theory]
    [InlineData("livewatcher.1", "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES", "SEE ALSO")]
    [InlineData("livewatcher-run.1", "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXPRESSIONS", "LOCATIONS", "OUTPUT", "COVERAGE", "LIMITS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO")]
    [InlineData("livewatcher-listen.1", "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO")]
    [InlineData("livewatcher-ctl.1", "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO")]
    [InlineData("livewatcher-attach.1", "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXPRESSIONS", "LOCATIONS", "OUTPUT", "COVERAGE", "LIMITS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO")]
    [InlineData("livewatcher-doctor.1", "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO")]
    [InlineData("livewatcher-completion.1", "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO")]
    [InlineData("livewatcher-man.1", "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO")]
    public void SectionsStandInTheirUsualOrder(string page, params string[] sections) =>
        File.ReadLines(Path.Combine(folder, page)).Where(line => line.StartsWith(".SH ", StringComparison.Ordinal)).Select(line => line[4..])
            .Should().Equal(sections);

    [Fact]
    public async Task StatusesAreAListWithTheirNumbers()
    {
        (await ReadAsync("livewatcher-run.1")).Should().Contain("EXIT STATUS The target's, 128+N where signal N killed it. 1 Where").And.Contain("2 Where it could not be watched. 130 Where Ctrl-C");
        (await ReadAsync("livewatcher-doctor.1")).Should().Contain("EXIT STATUS 0 Everything works. 1 Watching works, with restrictions. 2 It does not.");
    }

    /// <summary>A distribution builds the same package twice.</summary>
    [Fact]
    public async Task TheDateCanBeGiven()
    {
        (await Binary.RunOtherAsync("env", "SOURCE_DATE_EPOCH=86400", Binary.Location, "man", folder)).Status.Should().Be(0);
        File.ReadLines(Path.Combine(folder, "livewatcher.1")).ElementAt(1).Should().Contain(" 1 1970-01-02 ");
        (await Binary.RunOtherAsync("env", "SOURCE_DATE_EPOCH=soon", Binary.Location, "man", folder)).Status.Should().Be(2);
    }

    [Fact]
    public async Task APlaceThatCannotBeWrittenIsOneLine()
    {
        Outcome outcome = await Binary.RunAsync("man", "/proc/no-such-folder");
        outcome.Status.Should().Be(2);
        outcome.ErrorLines.Should().ContainSingle().Which.Should().StartWith("livewatcher: cannot write the manual pages: ");
    }

    /// <summary>As it is read, each stretch of white space one space.</summary>
    private async Task<string> ReadAsync(string page)
    {
        Outcome shown = await Binary.RunOtherAsync("sh", "-c", "man -E UTF-8 -l --no-hyphenation \"$1\" | col -bx", "sh", Path.Combine(folder, page));
        return Squeezed(shown.Output);
    }

    private static string Squeezed(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
