// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Model;

/// <summary>Packets of a SOCK_SEQPACKET socket with the descriptors that travel along (unix(7), SCM_RIGHTS). Never waits.</summary>
public interface IPacketSocket
{
    /// <summary>Takes the next packet.</summary>
    /// <param name="socket">An open socket.</param>
    /// <param name="buffer">One byte longer than any packet that makes sense: what is cut off is no packet.</param>
    /// <param name="descriptor">The first descriptor that came along, the caller's to dispose of; more are closed.</param>
    /// <returns>Its length; 0 at the end; -errno, EAGAIN where there is none.</returns>
    int Receive(SafeHandle socket, Span<byte> buffer, out SafeHandle? descriptor);

    /// <summary>Sends a packet, and a descriptor along with it.</summary>
    /// <returns>0 or an errno.</returns>
    int Send(SafeHandle socket, ReadOnlySpan<byte> packet, int? descriptor);
}
