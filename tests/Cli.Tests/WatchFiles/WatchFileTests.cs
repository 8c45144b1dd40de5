// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using AwesomeAssertions;
using Livewatcher.Cli.Options;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Cli.Tests.WatchFiles;

/// <summary>A watch file stands for options; what is wrong in it is told with its line.</summary>
public sealed class WatchFileTests : IDisposable
{
    private const string Toml = """
        # What is about all.
        max-hits = 100
        if-changed = true
        follow-fork = false
        ignore = ["init", "libc.so.6"]

        [[watch]]
        if = ["new > 2", 'new != 77']   # before the watch's own key, and about it all the same
        watch = "g_limit"

        [[watch]]
        awatch = "p->next->len"
        expect = "-1 < new"
        """;

    private const string Json = """
        {
          // What is about all.
          "max-hits": 100,
          "if-changed": true,
          "follow-fork": false,
          "ignore": ["init", "libc.so.6"],
          "watch": [
            { "if": ["new > 2", "new != 77"], "watch": "g_limit" },
            { "awatch": "p->next->len", "expect": "-1 < new" },
          ]
        }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("w.toml", Toml)]
    [InlineData("w.json", Json)]
    public void AFileStandsForItsOptions(string name, string text)
    {
        WatchSettings settings = Read([name], text);
        settings.MaxHits.Should().Be(100);
        settings.FollowFork.Should().BeFalse();
        settings.Requests.Select(request => (request.Expression, request.Mode)).Should().Equal(("g_limit", AccessMode.Write), ("p->next->len", AccessMode.Access));
        settings.Requests.Should().OnlyContain(request => request.Filter.ChangesOnly && request.Filter.Ignored.Count == 2);
        settings.Requests[0].Filter.Conditions.Should().Equal("new > 2", "new != 77");
        settings.Requests[0].Filter.Expectations.Should().BeEmpty();
        settings.Requests[1].Filter.Expectations.Should().Equal("-1 < new");
    }

    /// <summary>On a command line the place stands before the watch; in a file their order is no matter.</summary>
    [Theory]
    [InlineData("w.toml", "[[watch]]\nwatch = 'g'\n[[watch]]\nuntil = 'return'\nwatch = 'p->len'\nat = 'push'")]
    [InlineData("w.toml", "[[watch]]\nwatch = 'g'\n[[watch]]\nat = 'push'\nwatch = 'p->len'\nuntil = 'return'")]
    [InlineData("w.json", "{ \"watch\": [ { \"watch\": \"g\" }, { \"watch\": \"p->len\", \"until\": \"return\", \"at\": \"push\" } ] }")]
    public void AWatchHasItsPlace(string name, string text) =>
        Read([name], text).Requests.Select(request => request.Arising).Should().Equal(null, new ArisingRule.At("push") { Until = new ArisingRule.Ending.Return() });

    [Fact]
    public void WhatIsOnTheCommandLineTooIsMeant()
    {
        WatchSettings settings = Read(["w.toml", "--max-hits", "7", "--if", "-3 < new", "--follow-fork"], Toml);
        settings.MaxHits.Should().Be(7);
        settings.FollowFork.Should().BeTrue();
        settings.Requests[1].Filter.Conditions.Should().Equal("-3 < new");
        settings.Requests[0].Filter.Conditions.Should().NotContain("-3 < new", "it stands behind the file, and belongs to its last watch");
    }

    [Theory]
    [InlineData("b.toml", "\n\nmax-hitz = 3", "b.toml:3: there is no option 'max-hitz'; nearest: max-hits")]
    [InlineData("b.toml", "config = 'x'", "b.toml:1: there is no option 'config'")]
    [InlineData("b.toml", "max-hits = 'x'\n[[watch]]\nwatch = 'g'", "b.toml:1: Cannot parse argument 'x' for option '--max-hits': a whole number is meant")]
    [InlineData("b.toml", "[[watch]]\nwatch = 'g'\n[[watch]]\nwatch = 'h'\nignore = ['main', ' ']", "b.toml:5: --ignore: a writer is named by")]
    [InlineData("b.toml", "max-hits = 0\n[[watch]]\nwatch = 'g'", "b.toml:1: --max-hits 0: at least 1")]
    [InlineData("b.toml", "backend = 'ebpf'\n[[watch]]\nwatch = 'g'", "b.toml:1: --backend: Argument 'ebpf' not recognized")]
    [InlineData("b.toml", "[watch]\nwatch = 'g'", "b.toml:1: [watch]: a watch is written as [[watch]]")]
    [InlineData("b.toml", "[[watch]]\nif = 'new'", "b.toml:1: a watch has one of watch, awatch, hbreak, watch-local, canary, return-address, offset; this one has none")]
    [InlineData("b.toml", "[[watch]]\nwatch = 'g'\nhbreak = 'f'", "b.toml:1: a watch has one of watch, awatch, hbreak, watch-local, canary, return-address, offset; this one has watch and hbreak")]
    [InlineData("b.toml", "[[watch]]\nwatch = 'g'\nmax-hits = 3", "b.toml:3: max-hits is about the whole run: it stands before the first [[watch]]")]
    [InlineData("b.toml", "at = 'f'\n[[watch]]\nwatch = 'g'", "b.toml:1: at is about one watch: it stands in its [[watch]]")]
    [InlineData("b.toml", "[[watch]]\nwatch = 'g'\nif = 1979-05-27", "b.toml:3: a text, a number, true or false is meant")]
    [InlineData("b.toml", "[[watch]]\nwatch = 'g'\nif = ''", "b.toml:3: if: the text is empty")]
    [InlineData("b.toml", "follow-fork = 3", "b.toml:1: follow-fork: true or false is meant")]
    [InlineData("b.toml", "scope = true", "b.toml:1: scope: a text or a number is meant")]
    [InlineData("b.toml", "scope = ['cpu']", "b.toml:1: scope: it takes one value")]
    [InlineData("b.toml", "a.b = 3", "b.toml:1: no option's name has a dot")]
    [InlineData("b.toml", "\nx = [", "b.toml:2: Unexpected token")]
    [InlineData("b.json", "{\n\"max-hits\": 3,\n\"max-hits\": 4 }", "b.json:3: max-hits is there twice")]
    [InlineData("b.json", "{\n\"max-hitz\": 3 }", "b.json:2: there is no option 'max-hitz'; nearest: max-hits")]
    [InlineData("b.json", "{\n\"scope\": null }", "b.json:2: a text, a number, true or false is meant")]
    [InlineData("b.json", "{\n\"scope\": ", "b.json:2: ")]
    [InlineData("b.json", "[]", "b.json:1: an object is meant")]
    [InlineData("b.json", "", "b.json:1: ")]
    public void WhatIsWrongIsToldWithItsLine(string name, string text, string message)
    {
        Action reading = () => Read([name], text);
        reading.Should().Throw<UserException>().Which.Message.Should().StartWith(Path.Combine(folder, message.Split(':')[0]) + message[message.IndexOf(':')..]);
    }

    [Fact]
    public void AFileThatIsNotThereIsNamed()
    {
        Action reading = () => Read(["w.toml", "--config", "/no/such.toml"], Toml);
        reading.Should().Throw<UserException>().WithMessage("/no/such.toml cannot be read: *");
    }

    /// <summary>The first argument is the file's name, what follows stands behind it on the command line.</summary>
    private WatchSettings Read(string[] line, string text)
    {
        string path = Path.Combine(folder, line[0]);
        File.WriteAllText(path, text);
        WatchOptions options = new();
        ConfigOptions config = new(options);
        Command command = new("attach");
        options.AddTo(command);
        config.AddTo(command);
        WatchSettings? settings = null;
        config.With(new RootCommand { command }.Parse(["attach", "--config", path, .. line[1..]]), whole =>
        {
            settings = options.Read(whole);
            return 0;
        });
        return settings!;
    }
}
