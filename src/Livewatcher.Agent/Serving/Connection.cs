// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using System.Text;
using Livewatcher.Agent.Wire;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;

namespace Livewatcher.Agent.Serving;

/// <summary>One program's connection, or one `livewatcher ctl`'s. Its next packet is read when the last one has been dealt with, so a
/// flood of them waits in its own socket and nowhere else.</summary>
/// <param name="number">Unlike any other's, above 0.</param>
/// <param name="socket">Owned from here on.</param>
/// <param name="peer">Who is at the other end.</param>
/// <param name="services">What it is served with.</param>
internal sealed class Connection(long number, Socket socket, PeerCredentials peer, AgentServices services)
{
    private const int EPERM = 1;
    private const int EINVAL = 22;
    private const int EPROTO = 71;

    private readonly ProcessId process = new(peer.Process);
    private bool joined;

    /// <summary>Until the other end closes, breaks the protocol or the listener stops.</summary>
    internal async Task ServeAsync(CancellationToken stop)
    {
        // One byte more than the longest packet: what is cut off is no packet.
        byte[] buffer = new byte[WireMessage.MostBytes + 1];
        try
        {
            while (true)
            {
                int length = await socket.ReceiveAsync(buffer, SocketFlags.None, stop).ConfigureAwait(false);
                if (length == 0 || !WireMessage.TryRead(buffer.AsSpan(0, length), out WireHeader header, out string text))
                    return;
                if (header.Version != WireConstants.LW_WIRE_VERSION)
                {
                    await AnswerAsync(header.Sequence, EPROTO, 0, default, stop).ConfigureAwait(false);
                    return;
                }

                if (header.Kind == WireKind.LW_WIRE_CONTROL)
                    await ControlAsync(header.Sequence, text, stop).ConfigureAwait(false);
                else
                    await DoAsync(header, text, stop).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end is gone, or does not read what it has asked for.
        }
        finally
        {
            socket.Dispose();
            if (joined)
                await PostAsync(new ClientRequest.Leave(process, number)).ConfigureAwait(false);
        }
    }

    private async Task DoAsync(WireHeader header, string text, CancellationToken stop)
    {
        bool isNotice = header.Kind is WireKind.LW_WIRE_RECOVERED or WireKind.LW_WIRE_ARMED or WireKind.LW_WIRE_PREPARED;
        ClientAnswer answer;
        if (RequestReader.Read(process, number, header, text) is not { } request)
        {
            answer = new ClientAnswer(EINVAL);
        }
        else if (request is ClientRequest.Join ? !services.Admits(peer) : !joined)
        {
            answer = new ClientAnswer(EPERM);
        }
        else
        {
            joined = true;
            answer = await PostAsync(request).WaitAsync(stop).ConfigureAwait(false);
        }

        if (!isNotice)
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

    private Task<ClientAnswer> PostAsync(ClientRequest request)
    {
        TaskCompletionSource<ClientAnswer> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        services.Post(request, answer => answered.TrySetResult(answer));
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
}
