// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Cli.Prompt;
using Xunit;

namespace Livewatcher.Cli.Tests.Prompt;

public sealed class CompletionOfCommandsTests
{
    [Theory]
    [InlineData("", "dr dump exit help quit set status watches")]
    [InlineData(" ", "dr dump exit help quit set status watches")]
    [InlineData("s", "set status")]
    [InlineData("set", "set")]
    [InlineData("S", "")]
    [InlineData("nonsense", "")]
    [InlineData("set ", "record_watcher ignore_hwbp_sigtrap ubacktrace_detail addr2line sync")]
    [InlineData("set  u", "ubacktrace_detail")]
    [InlineData("set record_watcher", "record_watcher")]
    [InlineData("set record_watcher ", "")]
    [InlineData("set sync ", "direct sigall lockrq sigrun singlestep")]
    [InlineData("set sync s", "sigall sigrun singlestep")]
    [InlineData("set record_watcher 1 ", "")]
    [InlineData("status ", "")]
    [InlineData("status s", "")]
    [InlineData("  se", "set")]
    public void WordsGoOnToWhatThereIs(string before, string expected) =>
        CommandLanguage.Complete(before).Should().Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
