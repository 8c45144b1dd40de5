// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Agent.Serving;
using Livewatcher.Agent.Wire;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Agent.Tests.Serving;

public sealed class ControlTests
{
    private const int EPERM = 1;

    [Fact]
    public void ALineIsDoneAndAnswered()
    {
        using AgentRun run = new AgentRun { Control = line => Task.FromResult(new ControlReply(line == "bad" ? 22 : 0, $"you said {line}\n")) }.Start();
        Ask(run, "status").Should().Be((0, "you said status\n"));
        Ask(run, "bad").Should().Be((22, "you said bad\n"));
        run.Posted.Should().BeEmpty("control is no program");
    }

    [Fact]
    public void WhoMayNotIsRefusedAndTheLineIsNotDone()
    {
        using AgentRun run = new AgentRun { MayControl = _ => false, Control = _ => throw new InvalidOperationException("it was done") }.Start();
        FluentActions.Invoking(() => Ask(run, "quit")).Should().Throw<UserException>().WithMessage("*another user's*");
        using WirePeer program = run.Join();
        program.Ask(WireKind.LW_WIRE_CONTROL, "quit").Error.Should().Be(EPERM);
        program.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(0, "as a program it is served on");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(512, 1)]
    [InlineData(513, 2)]
    [InlineData(1024, 2)]
    [InlineData(1025, 3)]
    public void ALongReplyComesInSeveralPackets(int length, int packets)
    {
        string reply = new('x', length);
        using AgentRun run = new AgentRun { Control = _ => Task.FromResult(new ControlReply(5, reply)) }.Start();
        using WirePeer peer = run.Connect();
        uint sequence = peer.Send(new WireHeader { Kind = WireKind.LW_WIRE_CONTROL });
        string whole = string.Empty;
        for (int i = 1; i <= packets; i++)
        {
            (WireHeader header, string text) = peer.Receive()!.Value;
            (header.Sequence, header.Error, header.Flags).Should().Be((sequence, 5, i == packets ? 0 : WireConstants.LW_WIRE_MORE));
            whole += text;
        }

        whole.Should().Be(reply);
    }

    [Fact]
    public void TheClientPutsItTogetherWhereverItWasCut()
    {
        string reply = string.Concat(Enumerable.Repeat("x数字😀", 20_000));
        using AgentRun run = new AgentRun { Control = _ => Task.FromResult(new ControlReply(0, reply)) }.Start();
        Ask(run, "status").Should().Be((0, reply));
    }

    [Fact]
    public void WhatFollowsIsDoneWhenTheReplyIsOnItsWay()
    {
        using ManualResetEventSlim done = new();
        using AgentRun run = new AgentRun { Control = _ => Task.FromResult(new ControlReply(0, "bye", done.Set)) }.Start();
        Ask(run, "quit").Should().Be((0, "bye"));
        done.Wait(AgentRun.Patience, TestContext.Current.CancellationToken).Should().BeTrue();
    }

    [Fact]
    public void ALineThatIsTooLongIsNotSent()
    {
        using AgentRun run = new AgentRun { Control = _ => throw new InvalidOperationException("it was sent") }.Start();
        FluentActions.Invoking(() => Ask(run, new string('x', 513))).Should().Throw<UserException>().WithMessage("*at most 512 bytes*");
    }

    [Fact]
    public void WhereNobodyListensItSaysHowToStartOne()
    {
        using AgentRun run = new();
        FluentActions.Invoking(() => Ask(run, "status")).Should().Throw<UserException>().WithMessage($"no livewatcher listens at {run.SocketPath}; start one*");
    }

    [Fact]
    public void AListenerThatGoesAwayIsNoAnswer()
    {
        AgentRun? run = null;
        run = new AgentRun
        {
            Control = _ =>
            {
                run!.Stop();
                return new TaskCompletionSource<ControlReply>().Task;
            },
        }.Start();
        using (run)
            FluentActions.Invoking(() => Ask(run, "status")).Should().Throw<UserException>().WithMessage("the listener*");
    }

    private static (int Error, string Reply) Ask(AgentRun run, string line) => ControlClient.Ask(run.SocketPath, line, AgentRun.Patience);
}
