// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using AwesomeAssertions;
using Livewatcher.Cli.Options;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Cli.Tests;

/// <summary>A filter belongs to the watch before it, or to all where it stands before them.</summary>
public sealed class FilterOptionsTests
{
    [Fact]
    public void AFilterBelongsToTheWatchBeforeIt()
    {
        List<WatchRequest> requests = Read(
            "--ignore", "common", "--watch", "a", "--if", "new == 0", "--if", "cpu == 1", "-a", "b", "--expect", "new < 9", "--if-changed", "--hbreak=f",
            "--only", "file.c:7", "--ignore-callers", "0x10-0x20");
        requests.Select(request => (request.Expression, request.Mode)).Should().Equal(
            ("a", AccessMode.Write), ("b", AccessMode.Access), ("f", AccessMode.Execute));
        requests.Should().OnlyContain(request => request.Filter.Ignored.SequenceEqual(new[] { new WriterRule.Named("common") }));
        requests[0].Filter.Conditions.Should().Equal("new == 0", "cpu == 1");
        requests[1].Filter.Should().BeEquivalentTo(new { Expectations = (string[])["new < 9"], ChangesOnly = true, Conditions = Array.Empty<string>() });
        requests[2].Filter.Wanted.Should().Equal(new WriterRule.Line("file.c", 7));
        requests[2].Filter.IgnoredCallers.Should().Equal(new WriterRule.Range(new Address(0x10), new Address(0x20)));
        requests[0].Filter.ChangesOnly.Should().BeFalse();
    }

    [Fact]
    public void WhatStandsBehindTheDashesIsTheProgramsOwn() =>
        Read("--watch", "a", "--", "prog", "--if", "new == 0").Should().ContainSingle().Which.Filter.HasCondition.Should().BeFalse();

    [Theory]
    [InlineData("conn::write(int)", "conn::write(int)")]
    [InlineData("libfoo.so.1", "libfoo.so.1")]
    [InlineData("src/a.c:12", "src/a.c:12")]
    [InlineData("ns::f", "ns::f")]
    public void RulesReadAsTheyWereWritten(string text, string written) => WriterRule.Parse(text).Text.Should().Be(written);

    private static List<WatchRequest> Read(params string[] line)
    {
        WatchOptions options = new();
        Command command = new("attach");
        options.AddTo(command);
        command.Arguments.Add(new Argument<string[]>("rest"));
        return [.. options.Read(command.Parse(line)).Requests];
    }
}
