// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Livewatcher.Agent.Serving;

/// <summary>struct ucred: who was at the other end when it connected, by the kernel's word (SO_PEERCRED, unix(7)).</summary>
/// <param name="Process">0 where it is in a pid namespace that we cannot see.</param>
/// <param name="User">Its effective user id.</param>
/// <param name="Group">Its effective group id.</param>
public readonly record struct PeerCredentials(int Process, uint User, uint Group)
{
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;

    internal static PeerCredentials Of(Socket socket)
    {
        Span<byte> bytes = stackalloc byte[12];
        int length = socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, bytes);
        if (length != bytes.Length)
            throw new SocketException((int)SocketError.ProtocolType);
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
        return new PeerCredentials((int)words[0], words[1], words[2]);
    }
}
