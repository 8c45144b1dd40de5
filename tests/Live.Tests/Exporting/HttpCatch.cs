// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Text.Json;

namespace Livewatcher.Live.Tests.Exporting;

/// <summary>A receiver of OTLP on the loopback that keeps what it is sent.</summary>
internal sealed class HttpCatch : IDisposable
{
    private readonly HttpListener listener = new();

    internal HttpCatch(int port)
    {
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        _ = ServeAsync();
    }

    /// <summary>Bodies by path.</summary>
    internal List<(string Path, JsonElement Body)> Requests { get; } = [];

    /// <summary>The first request compiles the server, which takes seconds where it is emulated.</summary>
    internal async Task WarmUpAsync(int port)
    {
        using HttpClient client = new();
        using StringContent nothing = new("{}");
        using HttpResponseMessage answer = await client.PostAsync(new Uri($"http://127.0.0.1:{port}/warm-up"), nothing);
        Requests.Clear();
    }

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await listener.GetContextAsync();
                Requests.Add((context.Request.Url!.AbsolutePath, JsonDocument.Parse(context.Request.InputStream).RootElement));
                context.Response.ContentType = "application/json";
                context.Response.OutputStream.Write("{}"u8);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // closed
        }
    }
}
