// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using System.Text;

namespace Livewatcher.Live.Tests.Exporting;

/// <summary>A datagram socket that is always read: its queue holds ten.</summary>
internal sealed class Datagrams : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> all = [];
    private readonly Thread reader;
    private volatile bool over;

    internal Datagrams(string path)
    {
        Path = path;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        reader = new Thread(ReadAll) { IsBackground = true };
        reader.Start();
    }

    internal string Path { get; }

    internal List<string> Read()
    {
        over = true;
        reader.Join();
        return all;
    }

    public void Dispose()
    {
        over = true;
        reader.Join();
        socket.Dispose();
        File.Delete(Path);
    }

    private void ReadAll()
    {
        var buffer = new byte[1 << 17];
        while (socket.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectRead) || !over)
        {
            if (socket.Available > 0)
                all.Add(Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
        }
    }
}
