// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Text.Json;

namespace Livewatcher.Live.Tests.Exporting;

/// <summary>A receiver of OTLP on the loopback that keeps what it is sent.</summary>
internal sealed class HttpCatch : IDisposable
{
    private readonly LoopbackHttp server;

    internal HttpCatch(int port) => server = new LoopbackHttp(port, Keep);

    /// <summary>Bodies by path.</summary>
    internal List<(string Path, JsonElement Body)> Requests { get; } = [];

    internal async Task WarmUpAsync()
    {
        await server.WarmUpAsync();
        Requests.Clear();
    }

    public void Dispose() => server.Dispose();

    private void Keep(HttpListenerContext context)
    {
        Requests.Add((context.Request.Url!.AbsolutePath, JsonDocument.Parse(context.Request.InputStream).RootElement));
        context.Response.ContentType = "application/json";
        context.Response.OutputStream.Write("{}"u8);
    }
}
