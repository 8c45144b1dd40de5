// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests;

/// <summary>What users read first is frozen: files that a person has read and accepted. LW_ACCEPT=1 writes them anew.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("livewatcher.txt")]
    [InlineData("run.txt", "run")]
    [InlineData("attach.txt", "attach")]
    [InlineData("doctor.txt", "doctor")]
    [InlineData("completion.txt", "completion")]
    [InlineData("listen.txt", "listen")]
    [InlineData("ctl.txt", "ctl")]
    [InlineData("report.txt", "report")]
    [InlineData("diff.txt", "diff")]
    [InlineData("check.txt", "check")]
    [InlineData("man.txt", "man")]
    public async Task HelpIsAsItWasAccepted(string snapshot, params string[] verb)
    {
        Outcome help = await Binary.RunAsync([.. verb, "--help"]);
        help.Status.Should().Be(0);
        help.Error.Should().BeEmpty();
        string path = Path.Combine(Binary.Root, "tests", "Cli.Tests", "Snapshots", snapshot);
        if (Environment.GetEnvironmentVariable("LW_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(path, help.Output, TestContext.Current.CancellationToken);
            return;
        }

        File.Exists(path).Should().BeTrue($"{snapshot} is missing: run with LW_ACCEPT=1, then read it");
        help.Output.Should().Be(
            await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken),
            $"{snapshot} is frozen: where a change is meant, accept it with LW_ACCEPT=1");
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("-?")]
    public async Task HelpHasShortNames(string name) => (await Binary.RunAsync(name)).Output.Should().Be((await Binary.RunAsync("--help")).Output);

    [Fact]
    public async Task TheVersionIsNameAndNumberOnOneLine()
    {
        Outcome version = await Binary.RunAsync("--version");
        version.Status.Should().Be(0);
        version.Output.Should().MatchRegex(@"^livewatcher \d+\.\d+\.\d+\S*\n$").And.NotContain(" 0.0.0").And.NotContain(" 1.0.0\n");
        version.Error.Should().BeEmpty();
    }
}
