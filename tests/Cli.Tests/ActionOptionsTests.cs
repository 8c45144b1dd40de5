// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using AwesomeAssertions;
using Livewatcher.Cli.Acting;
using Livewatcher.Cli.Options;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Cli.Tests;

/// <summary>An action belongs to the watch before it, or to all where it stands before them.</summary>
public sealed class ActionOptionsTests
{
    [Fact]
    public void AnActionBelongsToTheWatchBeforeIt()
    {
        List<WatchRequest> requests = Read(
            "--once", "--on-hit", "print", "--watch", "a", "--on-hit", "stop", "--after", "7", "--watch", "b", "--on-hit", "signal SIGUSR2", "--once=false", "-w", "c", "--on-hit=kill");
        requests.Select(request => request.Reaction.Signal?.SignalName).Should().Equal("SIGSTOP", "SIGUSR2", "SIGKILL");
        requests.Select(request => request.Reaction.Signal?.Kind).Should().Equal(ActionKind.Stop, ActionKind.Signal, ActionKind.Kill);
        requests.Select(request => request.Reaction.After).Should().Equal(7, 1, 1);
    }

    [Fact]
    public void AWordAndWhatBelongsToItMayBeTwoWordsOfTheShell()
    {
        HitActions.Join(["run", "--on-hit", "signal", "USR1", "--on-hit=signal", "TERM", "--", "prog", "--on-hit", "signal", "HUP"]).Should().Equal(
            "run", "--on-hit", "signal USR1", "--on-hit=signal TERM", "--", "prog", "--on-hit", "signal", "HUP");
        HitActions.Join(["--on-hit", "signal", "--watch", "x", "signal", "y"]).Should().Equal("--on-hit", "signal", "--watch", "x", "signal", "y");
    }

    [Theory]
    [InlineData("explode", "print, stop, gdb, core, 'signal NAME', kill, 'exec COMMAND' or 'snapshot EXPR' is meant")]
    [InlineData("signal", "which one?*")]
    [InlineData("signal NOPE", "there is no signal NOPE*")]
    [InlineData("signal 33", "there is no signal 33*")]
    [InlineData("exec", "which command?*")]
    [InlineData("snapshot ;", "of what?*")]
    [InlineData("kill now", "kill takes nothing further")]
    [InlineData("gdb now", "gdb takes nothing further")]
    [InlineData("", "print, stop, gdb, core, 'signal NAME', kill, 'exec COMMAND' or 'snapshot EXPR' is meant")]
    public void WhatIsNoActionIsRefused(string text, string why)
    {
        Action attempt = () => Read("--watch", "a", "--on-hit", text);
        attempt.Should().Throw<UserException>().WithMessage($"--on-hit {text}: {why}");
    }

    [Fact]
    public void CommandsAndExpressionsAreTheRestOfTheText()
    {
        HitReaction reaction = Read("--watch", "a", "--on-hit", "exec  notify --now; true ", "--on-hit", "snapshot q->len ; g_cap;")[0].Reaction;
        reaction.Actions[0].Command.Should().Be("notify --now; true");
        reaction.Actions[1].Expressions.Should().Equal("q->len", "g_cap");
        reaction.Signal.Should().BeNull();
    }

    [Fact]
    public void ACoreFilesNameMayBeGivenInTheSameWord()
    {
        HitReaction reaction = Read("--watch", "a", "--on-hit", "core", "--on-hit", "core /var/tmp/my cores/a", "--on-hit", "gdb")[0].Reaction;
        reaction.Actions.Select(action => (action.Kind, action.CorePrefix)).Should().Equal((ActionKind.Core, "core"), (ActionKind.Core, "/var/tmp/my cores/a"), (ActionKind.Gdb, null));
        reaction.Signal!.SignalName.Should().Be("SIGSTOP");
        HitActions.Join(["attach", "--on-hit", "core", "server"]).Should().Equal("attach", "--on-hit", "core", "server");
        Action attempt = () => Read("--watch", "a", "--on-hit", "core a\nb");
        attempt.Should().Throw<UserException>().WithMessage("--on-hit core: no control characters*");
    }

    [Fact]
    public void WhatDoesNotGoTogetherIsRefused()
    {
        Action two = () => Read("--watch", "a", "--on-hit", "stop", "--on-hit", "kill");
        two.Should().Throw<UserException>().WithMessage("a: --on-hit stop and --on-hit kill: one of them");
        Action none = () => Read("--watch", "a", "--after", "3");
        none.Should().Throw<UserException>().WithMessage("a: --after and --once say when to act; give --on-hit too");
        Action zero = () => Read("--watch", "a", "--on-hit", "stop", "--after", "0");
        zero.Should().Throw<UserException>().WithMessage("--after 0: *from 1");
    }

    [Fact]
    public void AListenerTakesNone()
    {
        ListenOptions options = new();
        Command command = new("listen");
        options.AddTo(command);
        Action attempt = () => options.Read(command.Parse(["--on-hit", "stop"]));
        attempt.Should().Throw<UserException>().WithMessage("listen takes no --on-hit: *");
    }

    [Theory]
    [InlineData("SEGV", 11, "SIGSEGV")]
    [InlineData("sigsegv", 11, "SIGSEGV")]
    [InlineData("11", 11, "SIGSEGV")]
    [InlineData("USR1", 10, "SIGUSR1")]
    [InlineData("RTMIN", 34, "SIGRTMIN")]
    [InlineData("SIGRTMIN+3", 37, "SIGRTMIN+3")]
    [InlineData("RTMAX", 64, "SIGRTMIN+30")]
    [InlineData("RTMAX-1", 63, "SIGRTMIN+29")]
    [InlineData("64", 64, "SIGRTMIN+30")]
    public void SignalsAreReadAsKillReadsThem(string text, int number, string name)
    {
        SignalNames.Parse(text).Should().Be(number);
        SignalNames.NameOf(number).Should().Be(name);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("32")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData("SIG")]
    [InlineData("")]
    [InlineData("RTMIN-1")]
    [InlineData("RTMAX+1")]
    [InlineData("RTMIN+31")]
    public void WhatIsNoSignalIsNone(string text) => SignalNames.Parse(text).Should().BeNull();

    private static List<WatchRequest> Read(params string[] line)
    {
        WatchOptions options = new();
        Command command = new("attach");
        options.AddTo(command);
        command.Arguments.Add(new Argument<string[]>("rest"));
        return [.. options.Read(command.Parse(line)).Requests];
    }
}
