// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using Livewatcher.Agent.Wire;

namespace Livewatcher.Agent.Tests.Serving;

/// <summary>Sends packets of every shape as fast as it can: whole ones with random fields, and now and then one that is none.
/// Reads whatever it is answered, and comes back when it is sent away.</summary>
internal sealed class Flooder(AgentRun run, int seed)
{
    private const int GarbageOneIn = 500;

    private readonly Random random = new(seed);

    internal int Sent { get; private set; }

    internal int Connections { get; private set; }

    internal void Run(int packets)
    {
        while (Sent < packets)
        {
            using WirePeer peer = run.Connect();
            Connections++;
            Thread reader = new(() => Discard(peer)) { IsBackground = true };
            reader.Start();
            try
            {
                peer.Socket.Send(WireMessage.Write(new WireHeader { Kind = WireKind.LW_WIRE_HELLO }));
                bool goesOn = true;
                while (goesOn && Sent < packets)
                {
                    goesOn = random.Next(GarbageOneIn) != 0;
                    peer.Socket.Send(goesOn ? Whole() : Garbage());
                    Sent++;
                }
            }
            catch (SocketException)
            {
                // Sent away.
            }

            peer.Socket.Shutdown(SocketShutdown.Both);
            reader.Join();
        }
    }

    private static void Discard(WirePeer peer)
    {
        try
        {
            while (peer.Receive() is not null)
            {
            }
        }
        catch (SocketException)
        {
            // Its own end has been shut.
        }
    }

    private byte[] Whole()
    {
        WireKind[] kinds = Enum.GetValues<WireKind>();
        WireHeader header = new()
        {
            Kind = random.Next(4) == 0 ? (WireKind)random.Next() : kinds[random.Next(kinds.Length)],
            Watcher = (uint)random.Next(6),
            Length = (uint)random.Next(10),
            Mode = (uint)random.Next(5),
            Flags = (uint)random.Next(4),
            Setting = (WireSetting)random.Next(6),
            Value = random.Next(),
            Tid = random.Next(),
            Address = (ulong)random.NextInt64() & ~(ulong)random.Next(8),
        };
        byte[] text = new byte[random.Next(8) == 0 ? random.Next(WireConstants.LW_WIRE_TEXT + 1) : 0];
        random.NextBytes(text);
        return WireMessage.Write(header, text);
    }

    private byte[] Garbage()
    {
        byte[] bytes = new byte[random.Next(1, 2000)];
        random.NextBytes(bytes);
        return bytes;
    }
}
