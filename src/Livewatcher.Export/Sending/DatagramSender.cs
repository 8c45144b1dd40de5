// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Net.Sockets;
using Livewatcher.Export.Messages;

namespace Livewatcher.Export.Sending;

/// <summary>A message a datagram. Connected, so that the kernel tells of a receiver that is not there, where it can.</summary>
/// <param name="find">The receiver, looked up anew at each connecting.</param>
internal sealed class DatagramSender(Func<CancellationToken, Task<EndPoint>> find) : IDisposable
{
    private Socket? socket;

    /// <exception cref="SocketException">It is not there, or was not for a moment.</exception>
    internal async Task SendAsync(Parcel parcel, Func<Message, byte[]> encode, CancellationToken stop)
    {
        try
        {
            socket ??= await ConnectAsync(stop).ConfigureAwait(false);
            while (parcel.Left > 0)
            {
                byte[] datagram = encode(parcel.Messages[parcel.Done]);
                try
                {
                    // Waits where the receiver's queue is full, until stop.
                    await socket.SendAsync(datagram, SocketFlags.None, stop).ConfigureAwait(false);
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
                {
                    parcel.Refuse(1, $"a message of {datagram.Length:N0} bytes is too long");
                }

                parcel.Sent(1);
            }
        }
        catch (SocketException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        socket?.Dispose();
        socket = null;
    }

    private async Task<Socket> ConnectAsync(CancellationToken stop)
    {
        EndPoint place = await find(stop).ConfigureAwait(false);
        Socket fresh = new(place.AddressFamily, SocketType.Dgram, place.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Udp);
        try
        {
            await fresh.ConnectAsync(place, stop).ConfigureAwait(false);
            return fresh;
        }
        catch (Exception e) when (Failures.IsExpected(e))
        {
            fresh.Dispose();
            throw;
        }
    }
}
