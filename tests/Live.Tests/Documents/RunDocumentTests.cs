// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Documents;

/// <summary>The book's commands that are marked as run, each with its output.</summary>
public sealed class RunDocumentTests : LiveTest
{
    [Theory]
    [InlineData("tutorial.md")]
    [InlineData("cookbook.md")]
    public async Task WhatADocumentShowsIsWhatHappens(string document)
    {
        var transcript = Transcript.Read(Path.Combine(Repository.Root, "docs", document));
        transcript.Commands.Should().NotBeEmpty();
        // Compiled where a compiler outside of an emulated machine sees it, run where files can be locked (SQLite), which a shared folder of that machine does not do.
        var place = Directory.CreateDirectory(Path.Combine(Repository.Built, $"book-{Guid.NewGuid():N}")).FullName;
        foreach ((string name, string text) in transcript.Files)
            await File.WriteAllTextAsync(Path.Combine(place, name), text, TestContext.Current.CancellationToken);
        List<string> wrong = [];
        foreach (var command in transcript.Commands)
        {
            // "PATH=" and not the environment: a shell's own start-up files may set it anew.
            var compiles = command.Text.StartsWith("gcc ", StringComparison.Ordinal);
            var child = Start("bash", ["-c", $"PATH={Path.GetDirectoryName(Repository.Livewatcher)}:$PATH; cd {(compiles ? place : Folder)}; {command.Text}{(compiles ? $" && cp * {Folder}" : "")}"]);
            await child.ExitAsync(Limit);
            var all = child.Output + child.Errors;
            if (!Transcript.Fits([.. Transcript.Normal(command.Output)], [.. Transcript.Normal(all.Split('\n'))]))
                wrong.Add($"docs/{document}:{command.Line}: $ {command.Text}\n{all}");
        }

        Directory.Delete(place, recursive: true);
        string.Join('\n', wrong).Should().BeEmpty();
    }

    [Theory]
    [InlineData("a 0x1 x", "a 0xff   x", true)]
    [InlineData("pid 1, (22) at 10:00:00.5", "pid 7, (3) at 23:59:59.123456", true)]
    [InlineData("3 hits", "4 hits", false)]
    [InlineData("x\n...\ny", "x\n1\n2\ny", true)]
    [InlineData("x\ny", "x\n1\ny", false)]
    [InlineData("who ... b.c:3", "who a at b.c:3", true)]
    public void WhatCountsAsTheSame(string expected, string actual, bool same) =>
        Transcript.Fits([.. Transcript.Normal(expected.Split('\n'))], [.. Transcript.Normal(actual.Split('\n'))]).Should().Be(same);
}
