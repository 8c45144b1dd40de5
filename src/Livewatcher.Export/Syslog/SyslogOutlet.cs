// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Livewatcher.Export.Sending;

namespace Livewatcher.Export.Syslog;

/// <summary>Sends to a syslog receiver.</summary>
internal sealed class SyslogOutlet : IOutlet
{
    private const int LongestDatagram = 2048;
    private const int LongestElsewhere = 8192;

    private readonly SyslogAddress address;
    private readonly SyslogText text;
    private readonly DatagramSender? datagrams;
    private Socket? stream;

    internal SyslogOutlet(SyslogAddress address, string host, int process)
    {
        this.address = address;
        text = new SyslogText(host, process, address.Transport == SyslogTransport.Udp ? LongestDatagram : LongestElsewhere);
        if (address.Transport != SyslogTransport.Tcp)
            datagrams = new DatagramSender(FindAsync);
    }

    public string Place => address.ToString();

    public int MaxBatch => 256;

    public Task SendAsync(Parcel parcel, CancellationToken stop) =>
        datagrams is { } sender ? sender.SendAsync(parcel, text.Of, stop) : StreamAsync(parcel, stop);

    public void Dispose()
    {
        datagrams?.Dispose();
        stream?.Dispose();
        stream = null;
    }

    private async Task<EndPoint> FindAsync(CancellationToken stop)
    {
        if (address.Transport == SyslogTransport.Local)
            return new UnixDomainSocketEndPoint(address.Host);
        IPAddress[] found = await Dns.GetHostAddressesAsync(address.Host, stop).ConfigureAwait(false);
        return found.Length > 0
            ? new IPEndPoint(found[0], address.Port)
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    private async Task StreamAsync(Parcel parcel, CancellationToken stop)
    {
        try
        {
            stream ??= await ConnectAsync(stop).ConfigureAwait(false);
            while (parcel.Left > 0)
            {
                byte[] message = text.Of(parcel.Messages[parcel.Done]);
                byte[] framed = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} ")), .. message];
                for (int sent = 0; sent < framed.Length;)
                    sent += await stream.SendAsync(framed.AsMemory(sent), SocketFlags.None, stop).ConfigureAwait(false);
                parcel.Sent(1);
            }
        }
        catch (Exception e) when (Failures.IsExpected(e))
        {
            stream?.Dispose(); // in the midst of a message it is of no use any more
            stream = null;
            throw;
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken stop)
    {
        Socket fresh = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await fresh.ConnectAsync(address.Host, address.Port, stop).ConfigureAwait(false);
            return fresh;
        }
        catch (Exception e) when (Failures.IsExpected(e))
        {
            fresh.Dispose();
            throw;
        }
    }
}
