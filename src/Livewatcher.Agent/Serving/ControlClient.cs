// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using System.Text;
using Livewatcher.Agent.Wire;
using Livewatcher.Model;

namespace Livewatcher.Agent.Serving;

/// <summary>The other end of a listener's control: says one line, hears what there is to say.</summary>
public static class ControlClient
{
    private const int EPERM = 1;

    /// <returns>An errno, 0 for none, and the reply.</returns>
    /// <exception cref="UserException">Nobody listens, or the listener does not let us.</exception>
    public static (int Error, string Reply) Ask(string? path, string line, TimeSpan patience)
    {
        IReadOnlyList<string> places = path is null ? AgentSocket.Places : [path];
        using Socket socket = places.Select(AgentSocket.Connect).FirstOrDefault(connected => connected is not null)
            ?? throw new UserException($"no livewatcher listens at {string.Join(" or ", places)}; start one: livewatcher listen");
        socket.ReceiveTimeout = socket.SendTimeout = (int)patience.TotalMilliseconds;
        byte[] text = Encoding.UTF8.GetBytes(line);
        if (text.Length > WireConstants.LW_WIRE_TEXT)
            throw new UserException($"a command has at most {WireConstants.LW_WIRE_TEXT} bytes");
        try
        {
            socket.Send(WireMessage.Write(new WireHeader { Kind = WireKind.LW_WIRE_CONTROL, Sequence = 1 }, text));
            return Hear(socket);
        }
        catch (SocketException e)
        {
            throw new UserException($"the listener does not answer: {e.Message}");
        }
    }

    private static (int Error, string Reply) Hear(Socket socket)
    {
        byte[] buffer = new byte[WireMessage.MostBytes + 1];
        List<byte> reply = [];
        while (true)
        {
            int length = socket.Receive(buffer);
            if (length == 0 || !WireMessage.TryRead(buffer.AsSpan(0, length), out WireHeader header, out _))
                throw new UserException("the listener has ended the connection");
            reply.AddRange(buffer.AsSpan(WireMessage.HeaderBytes, (int)header.TextLength));
            if ((header.Flags & WireConstants.LW_WIRE_MORE) != 0)
                continue;
            if (header.Error == EPERM)
                throw new UserException("the listener is another user's: it takes the same user or root");
            return (header.Error, Encoding.UTF8.GetString([.. reply]));
        }
    }
}
