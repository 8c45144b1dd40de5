// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using System.Runtime.InteropServices;
using AwesomeAssertions;
using Livewatcher.Agent.Serving;
using Livewatcher.Agent.Wire;
using Livewatcher.Engine.Serving;
using Livewatcher.Linux.Sockets;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Agent.Tests.Serving;

/// <summary>Orders to arm by signal, and what programs answer, truthfully or not.</summary>
public sealed class SelfArmingTests : IDisposable
{
    private const int EBUSY = 16;
    private const int ENOTCONN = 107;

    private static readonly ProcessId Own = new(Environment.ProcessId);
    private static readonly SelfArmingOrder Order = new(4711, 63, 2, new HardwareSlot(new Address(0x5000), 4, AccessMode.Write), AtStep: true);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private readonly PacketSocket packets = new();
    private readonly FileStream file = File.OpenRead("/dev/null");
    private AgentRun? running;

    public void Dispose() => file.Dispose();

    private int Number => (int)file.SafeFileHandle.DangerousGetHandle();

    [Fact]
    public async Task AnOrderIsSentWithItsProgramAndAnswered()
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer peer = run.Join();
        Task<int> prepared = Task.Run(() => run.Desk.Prepare(Own, Order, Number), TestContext.Current.CancellationToken);
        (WireHeader order, SafeHandle? program) = ReceiveWithDescriptor(peer);
        order.Should().BeEquivalentTo(new
        {
            Kind = WireKind.LW_WIRE_PREPARE,
            Generation = 4711u,
            Signal = 63,
            Watcher = 2u,
            Length = 4u,
            Mode = 1u,
            Address = 0x5000UL,
            Flags = WireConstants.LW_WIRE_PREPARE_HANDLER | WireConstants.LW_WIRE_PREPARE_STEP,
        });
        TargetOf(program).Should().Be("/dev/null");
        program!.Dispose();
        SendReply(peer, new WireHeader { Kind = WireKind.LW_WIRE_PREPARED, Sequence = order.Sequence, Error = 22 }, null);
        (await prepared).Should().Be(22);
        run.Desk.Sender.Should().Be(Environment.ProcessId);
    }

    [Fact]
    public async Task ThreadsAreHeardWhileTheirProgramsRequestWaits()
    {
        TaskCompletionSource<SelfArmed?> taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using AgentRun run = new()
        {
            Apart = true,
            Answer = request =>
            {
                if (request is ClientRequest.Set)
                    taken.SetResult(Arm(request.Process));
                return default;
            },
        };
        running = run.Start();
        using WirePeer peer = run.Join();
        uint set = peer.Send(new WireHeader { Kind = WireKind.LW_WIRE_SET, Length = 4, Mode = 1, Address = 0x5000 });
        WireHeader order = ReceiveWithDescriptor(peer).Header;
        SendReply(peer, new WireHeader { Kind = WireKind.LW_WIRE_PREPARED, Sequence = order.Sequence }, null);
        SendReply(peer, new WireHeader { Kind = WireKind.LW_WIRE_ARMED, Generation = order.Generation, Tid = 77, Value = 1 }, Number);
        SelfArmed answer = (await taken.Task.WaitAsync(AgentRun.Patience, TestContext.Current.CancellationToken))!;
        using SafeHandle armed = answer.Event!;
        TargetOf(armed).Should().Be("/dev/null");
        answer.Should().BeEquivalentTo(new { Generation = 4711u, Thread = new ThreadId(77), Error = 0, AtTrap = true });
        peer.Receive()!.Value.Header.Should().BeEquivalentTo(new { Kind = WireKind.LW_WIRE_ANSWER, Sequence = set, Error = 0 });
    }

    [Fact]
    public async Task WhatNobodyWaitsForIsClosed()
    {
        using AgentRun run = new AgentRun().Start();
        using WirePeer peer = run.Join();
        int before = Descriptors();
        for (int i = 0; i < 100; i++)
            SendReply(peer, new WireHeader { Kind = WireKind.LW_WIRE_ARMED, Tid = i }, Number);
        SendReply(peer, new WireHeader { Kind = WireKind.LW_WIRE_INFO, Sequence = 7 }, Number);
        peer.Receive()!.Value.Header.Should().BeEquivalentTo(new { Sequence = 7u, Error = 0 }, "a descriptor at the wrong place does no harm");
        await UntilAsync(() => Descriptors() <= before);
        run.Desk.Take(Own, Moment).Should().BeNull();
        run.Posted.Should().HaveCount(2, "HELLO and INFO");
    }

    [Fact]
    public void AProgramThatIsNotReadyIsGivenUp()
    {
        using AgentRun run = new AgentRun().Start();
        SelfArmingDesk hasty = new(Moment);
        hasty.Prepare(Own, Order, null).Should().Be(ENOTCONN, "no library of it is here");
        SelfArmingLink silent = new((_, _) => 0);
        hasty.Join(Own, silent);
        hasty.Prepare(Own, Order, null).Should().Be(EBUSY);
        hasty.Leave(Own, silent);
        hasty.Prepare(Own, Order, null).Should().Be(ENOTCONN);
    }

    [Fact]
    public async Task TheEndOfAProgramEndsTheWaiting()
    {
        using AgentRun run = new AgentRun().Start();
        WirePeer peer = run.Join();
        Task<int> prepared = Task.Run(() => run.Desk.Prepare(Own, Order, null), TestContext.Current.CancellationToken);
        ReceiveWithDescriptor(peer);
        peer.Dispose();
        (await prepared.WaitAsync(AgentRun.Patience, TestContext.Current.CancellationToken)).Should().Be(ENOTCONN);
    }

    private SelfArmed? Arm(ProcessId process)
    {
        running!.Desk.Prepare(process, Order, Number).Should().Be(0);
        return running.Desk.Take(process, AgentRun.Patience);
    }

    private (WireHeader Header, SafeHandle? Descriptor) ReceiveWithDescriptor(WirePeer peer)
    {
        byte[] buffer = new byte[WireMessage.MostBytes + 1];
        peer.Socket.Receive(new byte[1], SocketFlags.Peek);
        int length = packets.Receive(peer.Socket.SafeHandle, buffer, out SafeHandle? descriptor);
        WireMessage.TryRead(buffer.AsSpan(0, length), out WireHeader header, out _).Should().BeTrue();
        return (header, descriptor);
    }

    private void SendReply(WirePeer peer, WireHeader header, int? descriptor)
    {
        while (packets.Send(peer.Socket.SafeHandle, WireMessage.Write(header), descriptor) != 0)
            Thread.Sleep(1);
    }

    private static string? TargetOf(SafeHandle? descriptor) => new FileInfo($"/proc/self/fd/{descriptor!.DangerousGetHandle()}").LinkTarget;

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Count(link => new FileInfo(link).LinkTarget == "/dev/null");

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(AgentRun.Patience);
        while (!condition())
            await Task.Delay(1, limit.Token);
    }
}
