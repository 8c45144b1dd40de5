// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using AwesomeAssertions;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.WatchFiles;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Cli.Tests;

/// <summary>--rotate, on the command line and in watch files.</summary>
public sealed class RotateOptionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData(500.0, "--rotate")]
    [InlineData(250.0, "--rotate", "250ms")]
    [InlineData(2000.0, "--rotate=2")]
    [InlineData(50.0, "--rotate=50ms")]
    [InlineData(3_600_000.0, "--rotate=1h")]
    public void ATurnIsHalfASecondOrAsLongAsIsSaid(double? milliseconds, params string[] arguments) =>
        Read([.. arguments, "--watch", "x"]).Turn?.TotalMilliseconds.Should().Be(milliseconds);

    [Theory]
    [InlineData("--rotate server: a time such as 30s, 500ms, 5m or 2h is meant; where none is meant, let another option follow", "--rotate", "server")]
    [InlineData("--rotate 49ms: 50ms to 1h", "--rotate=49ms")]
    [InlineData("--rotate 2h: 50ms to 1h", "--rotate=2h")]
    [InlineData("--rotate does not go with --follow-fork: ", "--rotate", "--follow-fork")]
    [InlineData("--rotate does not go with --flood pause: ", "--rotate", "--flood", "pause")]
    [InlineData("--rotate does not go with 'canary of f': ", "--rotate", "--canary", "f")]
    public void WhatMakesNoSenseIsRefused(string why, params string[] arguments)
    {
        Action attempt = () => Read(["--watch", "x", .. arguments]);
        attempt.Should().Throw<UserException>().Which.Message.Should().StartWith(why);
    }

    [Theory]
    [InlineData("rotate = \"250ms\"", 250)]
    [InlineData("rotate = 2", 2000)]
    public void AWatchFileHasItToo(string line, double milliseconds)
    {
        string path = Path.Combine(folder, "watches.toml");
        File.WriteAllText(path, $"{line}\n[[watch]]\nwatch = \"x\"\n");
        WatchFile file = WatchFile.Read(path, new WatchOptions().Vocabulary);
        Read([.. file.Options.Select(option => option.Argument)]).Turn!.Value.TotalMilliseconds.Should().Be(milliseconds);
    }

    [Fact]
    public void InAWatchFileItIsAboutTheWholeRun()
    {
        string path = Path.Combine(folder, "watches.toml");
        File.WriteAllText(path, "[[watch]]\nwatch = \"x\"\nrotate = \"1s\"\n");
        Action attempt = () => WatchFile.Read(path, new WatchOptions().Vocabulary);
        attempt.Should().Throw<UserException>().Which.Message.Should().EndWith("watches.toml:3: rotate is about the whole run: it stands before the first [[watch]]");
    }

    private static WatchSettings Read(string[] arguments)
    {
        WatchOptions options = new();
        Command command = new("run");
        options.AddTo(command);
        return options.Read(CommandLine.Parse(command, arguments));
    }
}
