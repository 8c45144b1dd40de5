// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using AwesomeAssertions;
using Livewatcher.Agent.Wire;
using Livewatcher.Engine.Serving;
using Xunit;

namespace Livewatcher.Agent.Tests.Serving;

/// <summary>A program that means harm is a matter between it and its own socket.</summary>
public sealed class FloodTests
{
    private const long MostBytesMore = 64 << 20;

    private static bool IsSlow => Environment.GetEnvironmentVariable("LW_SLOW") == "1";

    [Fact]
    public async Task RandomPacketsDisturbNobodyElse()
    {
        int packets = IsSlow ? 10_000_000 : 200_000;
        using AgentRun run = new AgentRun { Keeps = false, Answer = Answer }.Start();
        using WirePeer other = run.Join();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Flooder flooder = new(run, seed: 4711);
        Task flood = Task.Run(() => flooder.Run(packets), TestContext.Current.CancellationToken);
        int trips = 0;
        do
        {
            other.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(7);
            trips++;
        }
        while (!flood.IsCompleted);
        await flood;
        flooder.Sent.Should().BeGreaterThanOrEqualTo(packets);
        flooder.Connections.Should().BeGreaterThan(1, "garbage has ended some of its connections");
        trips.Should().BePositive();
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(MostBytesMore);
        int joined = run.Posted.OfType<ClientRequest.Join>().Select(join => join.Connection).Distinct().Count();
        (await run.LeavesAsync(joined - 1)).Select(leave => leave.Connection).Should().OnlyHaveUniqueItems().And.HaveCount(joined - 1, "the other one is still there");
        other.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(7);
    }

    [Fact]
    public void WhoDoesNotReadItsAnswersDelaysNobody()
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer deaf = run.Join();
        FillUp(deaf, refusalsInARow: 100);
        using WirePeer other = run.Join();
        for (int i = 0; i < 200; i++)
            other.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(0);
    }

    [Fact]
    public async Task WhoDoesNotReadItsAnswersForLongIsSentAway()
    {
        using AgentRun run = new AgentRun { SendPatience = TimeSpan.FromMilliseconds(50) }.Start();
        using WirePeer other = run.Join();
        using WirePeer deaf = run.Join();
        FillUp(deaf, refusalsInARow: int.MaxValue);
        ClientRequest.Leave gone = (await run.LeavesAsync(1)).Should().ContainSingle().Subject;
        gone.Connection.Should().Be(run.Posted.OfType<ClientRequest.Join>().Last().Connection);
        Action drain = () =>
        {
            while (deaf.Receive() is not null)
            {
            }
        };
        drain.Should().NotThrow("the connection's end follows what was sent");
        other.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(0);
    }

    private static ClientAnswer Answer(ClientRequest request) => request is ClientRequest.Join ? default : new ClientAnswer(7);

    /// <summary>Sends until neither of the two sockets takes any more, or the other side has had enough.</summary>
    private static void FillUp(WirePeer deaf, int refusalsInARow)
    {
        deaf.Socket.Blocking = false;
        byte[] packet = WireMessage.Write(new WireHeader { Kind = WireKind.LW_WIRE_INFO });
        int refusals = 0;
        using CancellationTokenSource limit = new(AgentRun.Patience);
        while (refusals < refusalsInARow && !limit.IsCancellationRequested)
        {
            try
            {
                deaf.Socket.Send(packet);
                refusals = 0;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                refusals++; // the server may be about to read
                Thread.Sleep(2);
            }
            catch (SocketException)
            {
                break;
            }
        }

        deaf.Socket.Blocking = true;
    }
}
