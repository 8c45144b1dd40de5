// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using System.Text;
using Livewatcher.Agent.Wire;

namespace Livewatcher.Agent.Tests.Serving;

/// <summary>The other end of a connection, which says what the test wants.</summary>
internal sealed class WirePeer : IDisposable
{
    private readonly byte[] buffer = new byte[WireMessage.MostBytes + 1];
    private uint sequence;

    internal WirePeer(Socket socket)
    {
        Socket = socket;
        socket.ReceiveTimeout = socket.SendTimeout = (int)AgentRun.Patience.TotalMilliseconds;
    }

    internal Socket Socket { get; }

    /// <summary>One round trip.</summary>
    /// <returns>The answer, which has the request's sequence.</returns>
    internal WireHeader Ask(WireKind kind, string text = "") => Ask(new WireHeader { Kind = kind }, text);

    internal WireHeader Ask(WireHeader header, string text = "")
    {
        header.Sequence = Send(header, text);
        (WireHeader answer, _) = Receive() ?? throw new InvalidOperationException("the connection is closed");
        return answer.Kind == WireKind.LW_WIRE_ANSWER && answer.Sequence == header.Sequence
            ? answer
            : throw new InvalidOperationException($"{answer.Kind} {answer.Sequence} for {header.Sequence}");
    }

    /// <returns>Its sequence.</returns>
    internal uint Send(WireHeader header, string text = "")
    {
        header.Sequence = ++sequence;
        Socket.Send(WireMessage.Write(header, Encoding.UTF8.GetBytes(text)));
        return sequence;
    }

    /// <returns>Null where the connection is closed.</returns>
    internal (WireHeader Header, string Text)? Receive()
    {
        try
        {
            int length = Socket.Receive(buffer);
            return length == 0 ? null
                : WireMessage.TryRead(buffer.AsSpan(0, length), out WireHeader header, out string text) ? (header, text)
                : throw new InvalidOperationException($"{length} bytes that are no packet");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return null; // closed with something of ours unread
        }
    }

    public void Dispose() => Socket.Dispose();
}
