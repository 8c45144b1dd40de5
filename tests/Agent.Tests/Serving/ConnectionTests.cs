// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using AwesomeAssertions;
using Livewatcher.Agent.Serving;
using Livewatcher.Agent.Wire;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Agent.Tests.Serving;

public sealed class ConnectionTests
{
    private const int EPERM = 1;
    private const int EINVAL = 22;
    private const int EPROTO = 71;

    public static TheoryData<uint> Requests =>
    [
        (uint)WireKind.LW_WIRE_RESET, (uint)WireKind.LW_WIRE_DUMP, (uint)WireKind.LW_WIRE_INFO, (uint)WireKind.LW_WIRE_BACKTRACE,
        (uint)WireKind.LW_WIRE_MARK, (uint)WireKind.LW_WIRE_SET, (uint)WireKind.LW_WIRE_SETTING,
    ];

    [Fact]
    public void AProgramIsServedUnderItsOwnProcessId()
    {
        using AgentRun run = new AgentRun { Answer = request => new ClientAnswer(request is ClientRequest.Reset ? 28 : 0, WantsHandler: true) }.Start();
        using WirePeer peer = run.Connect();
        peer.Ask(WireKind.LW_WIRE_HELLO).Should().BeEquivalentTo(new { Error = 0, Flags = WireConstants.LW_WIRE_WANTS_HANDLER, Version = 1u });
        peer.Ask(WireKind.LW_WIRE_RESET).Error.Should().Be(28);
        run.Posted.Should().HaveCount(2).And.OnlyContain(request => request.Process == new ProcessId(Environment.ProcessId));
    }

    [Fact]
    public void AnswersHaveTheirRequestsSequence()
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer peer = run.Join();
        uint[] sent = [.. Enumerable.Range(0, 50).Select(_ => peer.Send(new WireHeader { Kind = WireKind.LW_WIRE_INFO }))];
        sent.Select(_ => peer.Receive()!.Value.Header.Sequence).Should().Equal(sent);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void BeforeHelloNothingIsPermitted(uint kind)
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer peer = run.Connect();
        WireHeader header = new() { Kind = (WireKind)kind, Length = 4, Mode = 1, Address = 0x1000, Setting = WireSetting.LW_WIRE_RECORD_WATCHER };
        peer.Ask(header).Error.Should().Be(EPERM);
        run.Posted.Should().BeEmpty();
        peer.Ask(WireKind.LW_WIRE_HELLO).Error.Should().Be(0);
        peer.Ask(header).Error.Should().Be(0, "the same is permitted now");
    }

    [Fact]
    public void WhoIsNotAdmittedIsNotServed()
    {
        using AgentRun run = new AgentRun { Admits = _ => false }.Start();
        using WirePeer peer = run.Connect();
        peer.Ask(WireKind.LW_WIRE_HELLO).Error.Should().Be(EPERM);
        peer.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(EPERM);
        run.Posted.Should().BeEmpty();
    }

    [Fact]
    public void AdmissionIsDecidedByTheKernelsCredentials()
    {
        PeerCredentialsSeen seen = new();
        using AgentRun run = new AgentRun { Admits = seen.Note }.Start();
        using WirePeer peer = run.Join();
        seen.Last!.Value.Process.Should().Be(Environment.ProcessId);
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2]
            .Should().Be(seen.Last.Value.User.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void WhatMakesNoSenseIsInvalidAndTheConnectionGoesOn()
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer peer = run.Join();
        peer.Ask(new WireHeader { Kind = WireKind.LW_WIRE_SET, Watcher = 4 }).Error.Should().Be(EINVAL);
        peer.Ask(new WireHeader { Kind = (WireKind)1000 }).Error.Should().Be(EINVAL);
        peer.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(0);
        run.Posted.Should().HaveCount(2);
    }

    [Fact]
    public void NoticesAreNotAnswered()
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer peer = run.Join();
        peer.Send(new WireHeader { Kind = WireKind.LW_WIRE_RECOVERED });
        peer.Send(new WireHeader { Kind = WireKind.LW_WIRE_ARMED });
        peer.Ask(WireKind.LW_WIRE_INFO, "the first to be answered").Error.Should().Be(0);
        run.Posted.Select(request => request.GetType().Name).Should().Equal("Join", "Recovered", "Say");
    }

    [Fact]
    public async Task AnotherVersionIsToldAndSentAway()
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer peer = run.Join();
        byte[] packet = WireMessage.Write(new WireHeader { Kind = WireKind.LW_WIRE_INFO, Sequence = 99 });
        BinaryPrimitives.WriteUInt32LittleEndian(packet, WireConstants.LW_WIRE_VERSION + 1);
        peer.Socket.Send(packet);
        WireHeader answer = peer.Receive()!.Value.Header;
        (answer.Error, answer.Sequence, answer.Version).Should().Be((EPROTO, 99u, WireConstants.LW_WIRE_VERSION));
        peer.Receive().Should().BeNull();
        (await run.LeavesAsync(1)).Should().ContainSingle();
        run.Posted.Should().HaveCount(2, "it has joined and left, and what it said was not heard");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(223)]
    [InlineData(225)] // a header that announces no text, and one byte more
    [InlineData(737)]
    [InlineData(100_000)]
    public async Task APacketThatIsNoneClosesTheConnectionAndNoOther(int length)
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer other = run.Join();
        using WirePeer peer = run.Join();
        byte[] packet = new byte[length];
        packet[0] = (byte)WireConstants.LW_WIRE_VERSION;
        peer.Socket.Send(packet);
        peer.Receive().Should().BeNull();
        await run.LeavesAsync(1);
        other.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(0);
        run.Posted.OfType<ClientRequest.Leave>().Should().ContainSingle();
    }

    [Fact]
    public void TheLongestPacketIsServed()
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer peer = run.Join();
        peer.Ask(WireKind.LW_WIRE_INFO, new string('x', WireConstants.LW_WIRE_TEXT)).Error.Should().Be(0);
        run.Posted[^1].Should().BeOfType<ClientRequest.Say>().Which.Text.Should().HaveLength(WireConstants.LW_WIRE_TEXT);
    }

    [Fact]
    public async Task TheEndOfAConnectionIsToldOnceAndByItsNumber()
    {
        using AgentRun run = new AgentRun().Start();
        for (int i = 1; i <= 20; i++)
        {
            using (WirePeer peer = run.Join())
            {
                if (i % 2 == 0)
                    peer.Ask(WireKind.LW_WIRE_HELLO);
            }

            await run.LeavesAsync(i);
        }

        using (WirePeer silent = run.Connect())
            silent.Socket.Shutdown(SocketShutdown.Both);
        run.Join().Dispose();
        await run.LeavesAsync(21);
        run.Stop();
        long[] joined = [.. run.Posted.OfType<ClientRequest.Join>().Select(join => join.Connection).Distinct()];
        joined.Should().HaveCount(21).And.NotContain(0);
        run.Posted.OfType<ClientRequest.Leave>().Select(leave => leave.Connection).Should().Equal(joined);
    }

    [Fact]
    public async Task AConnectionWhoseRequestWaitsDoesNotKeepAnotherWaiting()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim free = new();
        using AgentRun run = new AgentRun
        {
            Control = async _ =>
            {
                asked.SetResult();
                await Task.Run(free.Wait);
                return new ControlReply(0, "at last");
            },
        }.Start();
        using WirePeer slow = run.Connect();
        uint sequence = slow.Send(new WireHeader { Kind = WireKind.LW_WIRE_CONTROL });
        await asked.Task.WaitAsync(AgentRun.Patience, TestContext.Current.CancellationToken);
        using WirePeer quick = run.Join();
        for (int i = 0; i < 100; i++)
            quick.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(0);
        free.Set();
        slow.Receive()!.Value.Should().BeEquivalentTo((new { Sequence = sequence }, "at last"), options => options.ExcludingMissingMembers());
    }

    [Fact]
    public async Task StoppingEndsEveryConnection()
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer one = run.Join();
        using WirePeer two = run.Join();
        run.Stop();
        one.Receive().Should().BeNull();
        two.Receive().Should().BeNull();
        (await run.LeavesAsync(2)).Should().HaveCount(2);
    }
}
