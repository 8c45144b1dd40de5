// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;

namespace Livewatcher.Agent.Serving;

/// <summary>Takes connections and serves each on its own, until it is disposed of. Then every connection ends.</summary>
public sealed class AgentServer : IDisposable
{
    /// <summary>At a time. More wait in the kernel's queue until somebody leaves.</summary>
    private const int MostConnections = 4096;

    private readonly Socket listening;
    private readonly AgentServices services;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim room = new(MostConnections);
    private readonly Task accepting;
    private long connections;

    /// <param name="listening">A listening SOCK_SEQPACKET socket; owned from here on.</param>
    /// <param name="services">What connections are served with.</param>
    public AgentServer(Socket listening, AgentServices services)
    {
        this.listening = listening;
        this.services = services;
        // Whoever has called listen(2): under socket activation that is not us.
        services.SelfArming.Sender = PeerCredentials.Of(listening).Process;
        accepting = AcceptAsync();
    }

    public void Dispose()
    {
        stop.Cancel();
        listening.Dispose();
        accepting.Wait(TimeSpan.FromSeconds(1));
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await room.WaitAsync(stop.Token).ConfigureAwait(false);
                Socket socket = await listening.AcceptAsync(stop.Token).ConfigureAwait(false);
                _ = ServeAsync(socket);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // Out of descriptors, or a peer that was gone at once: the others shall be served.
                room.Release();
                await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            PeerCredentials peer = PeerCredentials.Of(socket);
            if (peer.Process > 0)
                await new Connection(Interlocked.Increment(ref connections), socket, peer, services).ServeAsync(stop.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // Gone before it has said a word.
        }
        finally
        {
            socket.Dispose();
            room.Release();
        }
    }
}
