// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using System.Text;

namespace Livewatcher.Export.Tests;

/// <summary>A datagram socket with a path, as journald and syslog daemons have one.</summary>
internal sealed class LocalReceiver : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string path;

    internal LocalReceiver(string path)
    {
        this.path = path;
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.ReceiveTimeout = 2000;
    }

    /// <summary>What is there, and nothing more for a fifth of a second.</summary>
    internal List<string> Read()
    {
        List<string> all = [];
        byte[] buffer = new byte[1 << 20];
        while (socket.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead))
            all.Add(Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
        return all;
    }

    public void Dispose()
    {
        socket.Dispose();
        File.Delete(path);
    }
}
