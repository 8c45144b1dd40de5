// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Livewatcher.Agent.Wire;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;

namespace Livewatcher.Agent.Serving;

/// <summary>One program's connection, or one `livewatcher ctl`'s. Its next request is read when the last one has been dealt with, so a
/// flood of them waits in its own socket and nowhere else. Notices are read meanwhile: arming by signal lives on them.</summary>
/// <param name="number">Unlike any other's, above 0.</param>
/// <param name="socket">Owned from here on.</param>
/// <param name="peer">Who is at the other end.</param>
/// <param name="services">What it is served with.</param>
internal sealed class Connection(long number, Socket socket, PeerCredentials peer, AgentServices services)
{
    private const int EPERM = 1;
    private const int EAGAIN = 11;
    private const int EINVAL = 22;
    private const int EPROTO = 71;

    /// <summary>Recovered hits that the session has not taken yet; the next one waits in the socket.</summary>
    private const int MostRecovered = 64;

    private readonly ProcessId process = new(peer.Process);
    private readonly Queue<Task> recovering = [];
    private readonly SelfArmingLink link = new((packet, descriptor) => Send(services, socket, packet, descriptor));
    private Task request = Task.CompletedTask;
    private bool joined;

    /// <summary>Until the other end closes, breaks the protocol or the listener stops.</summary>
    internal async Task ServeAsync(CancellationToken stop)
    {
        // One byte more than the longest packet: what is cut off is no packet.
        byte[] buffer = new byte[WireMessage.MostBytes + 1];
        byte[] first = new byte[1];
        try
        {
            // Looks without taking: only recvmsg(2) brings descriptors along.
            while (await socket.ReceiveAsync(first, SocketFlags.Peek, stop).ConfigureAwait(false) > 0)
            {
                int length = services.Packets.Receive(socket.SafeHandle, buffer, out SafeHandle? descriptor);
                if (length == -EAGAIN)
                    continue;
                if (length <= 0 || !WireMessage.TryRead(buffer.AsSpan(0, length), out WireHeader header, out string text))
                {
                    descriptor?.Dispose();
                    return;
                }

                if (!await TakeAsync(header, text, descriptor, stop).ConfigureAwait(false))
                    return;
            }
        }
        catch (Exception e) when (IsTheEnd(e))
        {
            // The other end is gone, or does not read what it has asked for.
        }
        finally
        {
            services.SelfArming.Leave(process, link);
            socket.Dispose();
            if (joined)
                await PostAsync(new ClientRequest.Leave(process, number)).ConfigureAwait(false);
        }
    }

    /// <returns>False where it speaks another protocol.</returns>
    private async Task<bool> TakeAsync(WireHeader header, string text, SafeHandle? descriptor, CancellationToken stop)
    {
        if (header.Version == WireConstants.LW_WIRE_VERSION && header.Kind is WireKind.LW_WIRE_PREPARED or WireKind.LW_WIRE_ARMED)
        {
            link.Deliver(header, descriptor);
            return true;
        }

        descriptor?.Dispose();
        if (header.Version != WireConstants.LW_WIRE_VERSION)
        {
            await request.ConfigureAwait(false);
            await AnswerAsync(header.Sequence, EPROTO, 0, default, stop).ConfigureAwait(false);
            return false;
        }

        if (header.Kind == WireKind.LW_WIRE_RECOVERED)
        {
            if (recovering.Count == MostRecovered)
                await recovering.Dequeue().WaitAsync(stop).ConfigureAwait(false);
            if (joined && RequestReader.Read(process, number, header, text) is { } recovered)
                recovering.Enqueue(PostAsync(recovered));
            return true;
        }

        await request.ConfigureAwait(false);
        request = EndingItAsync(header.Kind == WireKind.LW_WIRE_CONTROL ? ControlAsync(header.Sequence, text, stop) : DoAsync(header, text, stop));
        return true;
    }

    /// <summary>Where an answer cannot be sent the connection is over.</summary>
    private async Task EndingItAsync(Task served)
    {
        try
        {
            await served.ConfigureAwait(false);
        }
        catch (Exception e) when (IsTheEnd(e))
        {
            socket.Dispose();
        }
    }

    private async Task DoAsync(WireHeader header, string text, CancellationToken stop)
    {
        ClientAnswer answer;
        if (RequestReader.Read(process, number, header, text) is not { } asked)
        {
            answer = new ClientAnswer(EINVAL);
        }
        else if (asked is ClientRequest.Join ? !services.Admits(peer) : !joined)
        {
            answer = new ClientAnswer(EPERM);
        }
        else
        {
            joined = true;
            if (asked is ClientRequest.Join)
                services.SelfArming.Join(process, link);
            answer = await PostAsync(asked).WaitAsync(stop).ConfigureAwait(false);
        }

        await AnswerAsync(header.Sequence, answer.Error, answer.WantsHandler ? WireConstants.LW_WIRE_WANTS_HANDLER : 0, default, stop).ConfigureAwait(false);
    }

    private async Task ControlAsync(uint sequence, string line, CancellationToken stop)
    {
        if (!services.MayControl(peer))
        {
            await AnswerAsync(sequence, EPERM, 0, default, stop).ConfigureAwait(false);
            return;
        }

        (int error, string reply, Action? then) = await services.Control(line).WaitAsync(stop).ConfigureAwait(false);
        ReadOnlyMemory<byte> rest = Encoding.UTF8.GetBytes(reply);
        while (rest.Length > WireConstants.LW_WIRE_TEXT)
        {
            await AnswerAsync(sequence, error, WireConstants.LW_WIRE_MORE, rest[..WireConstants.LW_WIRE_TEXT], stop).ConfigureAwait(false);
            rest = rest[WireConstants.LW_WIRE_TEXT..];
        }

        await AnswerAsync(sequence, error, 0, rest, stop).ConfigureAwait(false);
        then?.Invoke();
    }

    private Task<ClientAnswer> PostAsync(ClientRequest asked)
    {
        TaskCompletionSource<ClientAnswer> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        services.Post(asked, answer => answered.TrySetResult(answer));
        return answered.Task;
    }

    private async Task AnswerAsync(uint sequence, int error, uint flags, ReadOnlyMemory<byte> text, CancellationToken stop)
    {
        byte[] packet = WireMessage.Write(
            new WireHeader { Kind = WireKind.LW_WIRE_ANSWER, Sequence = sequence, Error = error, Flags = flags }, text.Span);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(services.SendPatience);
        await socket.SendAsync(packet, SocketFlags.None, patience.Token).ConfigureAwait(false);
    }

    private static int Send(AgentServices services, Socket socket, byte[] packet, int? descriptor)
    {
        const int EPIPE = 32;
        try
        {
            return services.Packets.Send(socket.SafeHandle, packet, descriptor);
        }
        catch (ObjectDisposedException)
        {
            return EPIPE;
        }
    }

    private static bool IsTheEnd(Exception e) => e is SocketException or OperationCanceledException or ObjectDisposedException;
}
