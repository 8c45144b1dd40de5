// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;

namespace Livewatcher.Live.Tests.Exporting;

/// <summary>A web server on the loopback, one request after the other.</summary>
internal sealed class LoopbackHttp : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Uri address;
    private readonly Action<HttpListenerContext> answer;

    /// <param name="port">Where it listens.</param>
    /// <param name="answer">Fills in a response, which is then sent.</param>
    internal LoopbackHttp(int port, Action<HttpListenerContext> answer)
    {
        this.answer = answer;
        address = new Uri($"http://127.0.0.1:{port}/");
        listener.Prefixes.Add(address.AbsoluteUri);
        listener.Start();
        _ = ServeAsync();
    }

    /// <summary>The first request compiles the server, which takes seconds where it is emulated: longer than livewatcher waits for an answer.</summary>
    internal async Task WarmUpAsync()
    {
        using HttpClient client = new();
        using StringContent nothing = new("{}");
        using HttpResponseMessage warm = await client.PostAsync(new Uri(address, "warm-up"), nothing);
    }

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await listener.GetContextAsync();
                answer(context);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // closed
        }
    }
}
