// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Livewatcher.Export.Prometheus;

/// <summary>Serves one page over HTTP/1.1, to few clients at a time and to none for long: a client that stalls, or a thousand of them, costs
/// nothing but their own answers. (System.Net.HttpListener bounds neither their number nor their time.)</summary>
internal sealed class PageServer : IDisposable
{
    private const int MostClients = 8;
    private const int LargestRequest = 8192;

    private readonly TimeSpan patience;
    private readonly Socket listener;
    private readonly Func<string> page;
    private readonly CancellationTokenSource over = new();
    private readonly SemaphoreSlim room = new(MostClients);

    /// <param name="place">Port 0 takes a free one.</param>
    /// <param name="page">Made for each request, on any thread.</param>
    /// <param name="patience">For a whole request and its answer.</param>
    /// <exception cref="SocketException">It cannot be listened there.</exception>
    internal PageServer(IPEndPoint place, Func<string> page, TimeSpan patience)
    {
        this.page = page;
        this.patience = patience;
        listener = Listen(place);
        _ = AcceptAsync();
    }

    internal IPEndPoint Place => (IPEndPoint)listener.LocalEndPoint!;

    /// <exception cref="SocketException">It cannot be listened there.</exception>
    internal static Socket Listen(IPEndPoint place)
    {
        Socket socket = new(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(place);
            socket.Listen(16);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        over.Cancel();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                await room.WaitAsync(over.Token).ConfigureAwait(false);
                Socket client = await listener.AcceptAsync(over.Token).ConfigureAwait(false);
                _ = ServeAsync(client);
            }
            catch (SocketException)
            {
                // Out of descriptors, or the client has gone again: both pass.
                room.Release();
                await Task.Delay(100).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using (client)
            using (CancellationTokenSource patient = CancellationTokenSource.CreateLinkedTokenSource(over.Token))
            {
                patient.CancelAfter(patience);
                string? request = await ReadHeadAsync(client, patient.Token).ConfigureAwait(false);
                byte[] answer = Answer(request);
                for (int sent = 0; sent < answer.Length;)
                    sent += await client.SendAsync(answer.AsMemory(sent), patient.Token).ConfigureAwait(false);
                client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It went away, or took too long: its own loss.
        }
        finally
        {
            room.Release();
        }
    }

    /// <returns>The head, or null where it is too long.</returns>
    private static async Task<string?> ReadHeadAsync(Socket client, CancellationToken stop)
    {
        byte[] buffer = new byte[LargestRequest];
        int filled = 0;
        while (filled < buffer.Length)
        {
            int read = await client.ReceiveAsync(buffer.AsMemory(filled), stop).ConfigureAwait(false);
            filled += read;
            if (read == 0 || buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) >= 0)
                return Encoding.ASCII.GetString(buffer, 0, filled);
        }

        return null;
    }

    private byte[] Answer(string? head)
    {
        string[] words = head?.Split("\r\n", 2)[0].Split(' ') ?? [];
        if (words.Length != 3 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
            return Whole("400 Bad Request", "this is no HTTP/1.1 request\n");
        if (words[0] is not ("GET" or "HEAD"))
            return Whole("405 Method Not Allowed", "GET is meant\n", "Allow: GET, HEAD\r\n");
        return words[1].Split('?')[0] == "/metrics"
            ? Whole("200 OK", page(), $"Content-Type: {MetricsPage.ContentType}\r\n", words[0] == "HEAD")
            : Whole("404 Not Found", "livewatcher's metrics are at /metrics\n");
    }

    private static byte[] Whole(string status, string text, string headers = "", bool headOnly = false)
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        byte[] head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
        return headOnly ? head : [.. head, .. body];
    }
}
