// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests;

/// <summary>Mistakes in what was asked: status 2, one line on standard error that says what is wrong (and for a command line that
/// does not parse, one that says where help is), nothing on standard output.</summary>
public sealed class BadUsageTests
{
    [Theory]
    [InlineData("Unrecognized command or argument 'bogus'", "see livewatcher --help", "bogus")]
    [InlineData("Unrecognized command or argument '--bogus'", "see livewatcher attach --help", "attach", "1", "--watch", "x", "--bogus")]
    [InlineData("Required command was not provided", "see livewatcher --help")]
    [InlineData("Required argument missing for command: 'run'", "see livewatcher run --help", "run")]
    [InlineData("Required argument missing for command: 'attach'", "see livewatcher attach --help", "attach", "--watch", "x")]
    [InlineData("Required argument missing for option: '--watch'", "see livewatcher attach --help", "attach", "1", "--watch")]
    [InlineData("--scope: Argument 'wide' not recognized. Must be one of: 'auto' 'cpu' 'task'", "see livewatcher run --help", "run", "--scope", "wide", "--watch", "x", "--", "true")]
    [InlineData("--backend: Argument 'ebpf' not recognized. Must be one of: 'auto' 'bpf' 'perf' 'ptrace'", "see livewatcher run --help", "run", "--backend", "ebpf", "--watch", "x", "--", "true")]
    public async Task ALineThatDoesNotParse(string message, string help, params string[] arguments)
    {
        Outcome outcome = await Binary.RunAsync(arguments);
        outcome.Status.Should().Be(2);
        outcome.Output.Should().BeEmpty();
        outcome.ErrorLines.Should().Equal($"livewatcher: {message}", help);
    }

    [Theory]
    [InlineData("--len", "four")]
    [InlineData("--max-hits", "many")]
    [InlineData("--stack-bytes", "1K")]
    public async Task ANumberThatIsNone(string option, string value)
    {
        Outcome outcome = await Binary.RunAsync("attach", "1", "--watch", "x", option, value);
        outcome.Status.Should().Be(2);
        outcome.ErrorLines.Should().HaveCount(2);
        outcome.ErrorLines[0].Should().StartWith("livewatcher: ").And.Contain(option).And.Contain(value);
    }

    [Theory]
    [InlineData("nothing to watch: give --watch EXPR, --awatch EXPR or --hbreak LOCATION", "attach", "1")]
    [InlineData("nothing to watch: give --watch EXPR, --awatch EXPR or --hbreak LOCATION", "run", "--", "true")]
    [InlineData("--len 33: four debug registers cover 1 to 32 bytes", "attach", "1", "--watch", "x", "--len", "33")]
    [InlineData("--len 0: four debug registers cover 1 to 32 bytes", "attach", "1", "--watch", "x", "--len", "0")]
    [InlineData("--max-hits 0: at least 1", "attach", "1", "--watch", "x", "--max-hits", "0")]
    [InlineData("--stack-bytes 16385: 0 to 16384", "attach", "1", "--watch", "x", "--stack-bytes", "16385")]
    [InlineData("--for 3y: a time such as 30s, 500ms, 5m or 2h is meant", "attach", "1", "--watch", "x", "--for", "3y")]
    [InlineData("--ring 100K: a power of two from 64K to 1G is meant", "attach", "1", "--watch", "x", "--ring", "100K")]
    [InlineData("--learn 3y: a time such as 30s, 500ms, 5m or 2h is meant", "attach", "1", "--watch", "x", "--learn", "3y")]
    [InlineData("--known /etc/hostname: line 1 is no known writer; --save-known writes them", "attach", "1", "--watch", "x", "--known", "/etc/hostname")]
    [InlineData("--known /dev/null: the file is empty; --save-known writes such files", "attach", "1", "--watch", "x", "--known", "/dev/null")]
    [InlineData("--known /no/file: Could not find file '/no/file'.", "attach", "1", "--watch", "x", "--known", "/no/file")]
    [InlineData("--save-known /no/file: there is no folder /no", "attach", "1", "--watch", "x", "--save-known", "/no/file")]
    [InlineData("--save-known /tmp: that is a folder", "attach", "1", "--watch", "x", "--save-known", "/tmp")]
    [InlineData("--ignore: 0x20-0x10: the range is empty", "attach", "1", "--watch", "x", "--ignore", "0x20-0x10")]
    [InlineData("no such process: no-such-program-here", "attach", "no-such-program-here", "--watch", "x")]
    [InlineData("no such process: 4194305", "attach", "4194305", "--watch", "x")]
    [InlineData("cannot start no-such-program-here: not found in PATH", "run", "--watch", "x", "--", "no-such-program-here")]
    public async Task AThingThatCannotBe(string message, params string[] arguments)
    {
        Outcome outcome = await Binary.RunAsync(arguments);
        outcome.Status.Should().Be(2);
        outcome.Output.Should().BeEmpty();
        outcome.ErrorLines.Should().Equal($"livewatcher: {message}");
    }

    /// <summary>Parsers of command lines like to read "@file" from a file. Here it is a thread's name, or the target's own argument.</summary>
    [Fact]
    public async Task AnAtSignIsNoFileOfArguments()
    {
        Outcome outcome = await Binary.RunAsync("attach", "@nobody", "--watch", "@x");
        outcome.ErrorLines.Should().Equal("livewatcher: no such process: @nobody");
    }

    [Fact]
    public async Task ControlCharactersDoNotReachTheTerminal()
    {
        Outcome outcome = await Binary.RunAsync("attach", "evil\e]0;title\a", "--watch", "x");
        outcome.Status.Should().Be(2);
        outcome.Error.Should().NotContain("\e").And.NotContain("\a");
    }

    [Fact]
    public async Task NorThoseInALineThatDoesNotParse()
    {
        Outcome outcome = await Binary.RunAsync("evil\e]0;title\a");
        outcome.Status.Should().Be(2);
        outcome.Error.Should().NotContain("\e").And.NotContain("\a");
    }
}
