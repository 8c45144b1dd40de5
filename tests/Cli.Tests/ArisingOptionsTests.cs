// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using AwesomeAssertions;
using Livewatcher.Cli.Options;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Cli.Tests;

/// <summary>Watches that arm themselves, on the command line.</summary>
public sealed class ArisingOptionsTests
{
    [Fact]
    public void EachKindBeginsAWatch()
    {
        List<WatchRequest> requests = Read("--watch-local", "f::x", "--canary", "g", "--return-address", "h", "--watch", "plain");
        requests.Select(request => request.Expression).Should().Equal("f::x", "canary of g", "return address of h", "plain");
        requests.Select(request => request.Arising).Should().Equal(new ArisingRule.Local(), new ArisingRule.Canary("g"), new ArisingRule.ReturnAddress("h"), null);
    }

    [Fact]
    public void WhatIsSaidOfABlockBelongsTogetherInWhateverOrder()
    {
        List<WatchRequest> requests = Read(
            "--alloc", "a.c:7", "--alloc-nth", "3", "--offset", "24:8", "--if-changed", "--alloc-size", "40", "--offset", "0:4", "--alloc-size", "48", "--after-free", "--offset=8:8", "--alloc-size=64");
        requests.Select(request => request.Arising).Should().Equal(
            new ArisingRule.Heap(24, 8) { Site = "a.c:7", Nth = 3, Size = 40 },
            new ArisingRule.Heap(0, 4) { Size = 48, AfterFree = true },
            new ArisingRule.Heap(8, 8) { Size = 64 });
    }

    [Fact]
    public void WhoIsKeptIsAboutTheWatchBeforeItOrAboutAll()
    {
        Read("--keep", "oldest", "--canary", "a", "--keep", "sampled", "--canary", "b").Select(request => request.Arising!.Policy).Should()
            .Equal(ArisingPolicy.Sampled, ArisingPolicy.Oldest);
    }

    [Fact]
    public void APlaceIsAboutTheWatchBehindItAndAnEndAboutTheOneBefore()
    {
        List<WatchRequest> requests = Read(
            "--keep", "oldest", "--at", "push", "--watch", "queue->len", "--until", "return", "--if-changed", "--watch", "plain", "--at", "open", "--watch", "*p", "--until", "close", "--at", "f", "--watch", "x");
        requests.Select(request => request.Expression).Should().Equal("queue->len", "plain", "*p", "x");
        requests.Select(request => request.Arising).Should().Equal(
            new ArisingRule.At("push") { Until = new ArisingRule.Ending.Return(), Policy = ArisingPolicy.Oldest },
            null,
            new ArisingRule.At("open") { Until = new ArisingRule.Ending.Entry("close"), Policy = ArisingPolicy.Oldest },
            new ArisingRule.At("f") { Policy = ArisingPolicy.Oldest });
        Read("--at", "f:return", "--watch", "$ret->len", "--until", "free").Single().Arising.Should().Be(new ArisingRule.At("f:return") { Until = new ArisingRule.Ending.Free() });
        requests[0].Filter.ChangesOnly.Should().BeTrue();
        requests[1].Filter.ChangesOnly.Should().BeFalse();
    }

    [Theory]
    [InlineData("--at f: what is to be watched there? Give --watch EXPR behind it", "--watch", "x", "--at", "f")]
    [InlineData("--at f: what is to be watched there?", "--at", "f", "--at", "g", "--watch", "x")]
    [InlineData("--at f is about the --watch behind it, and what follows is x", "--at", "f", "--awatch", "x")]
    [InlineData("--at f is about the --watch behind it, and what follows is canary of g", "--at", "f", "--canary", "g")]
    [InlineData("--until return: x is not armed by --at", "--watch", "x", "--until", "return")]
    [InlineData("--until is about the watch before it, and there is none", "--until", "return", "--at", "f", "--watch", "x")]
    [InlineData("--alloc-size, --alloc-nth: which bytes of the block?", "--alloc-size", "40")]
    [InlineData("--offset 24:8: of which block?", "--offset", "24:8")]
    [InlineData("--offset 24:3: OFFSET:LENGTH is meant", "--alloc-size", "40", "--offset", "24:3")]
    [InlineData("--offset 20:8: 8 bytes at 20 are not aligned", "--alloc-size", "40", "--offset", "20:8")]
    [InlineData("--alloc-nth 0: a number from 1 is meant", "--alloc-nth", "0", "--offset", "24:8")]
    [InlineData("--after-free is about the watch before it", "--after-free", "--canary", "f")]
    [InlineData("--after-free: canary of f is no heap block", "--canary", "f", "--after-free")]
    [InlineData("--keep oldest: x does not arm itself", "--watch", "x", "--keep", "oldest")]
    [InlineData("--follow-fork does not go with 'canary of f'", "--canary", "f", "--follow-fork")]
    public void WhatMakesNoSenseIsRefused(string why, params string[] arguments)
    {
        Action attempt = () => Read(arguments);
        attempt.Should().Throw<UserException>().Which.Message.Should().Contain(why);
    }

    private static List<WatchRequest> Read(params string[] arguments)
    {
        WatchOptions options = new();
        Command command = new("run");
        options.AddTo(command);
        ParseResult parsed = CommandLine.Parse(command, arguments);
        parsed.Errors.Should().BeEmpty();
        return [.. options.Read(parsed).Requests];
    }
}
