// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Text.Json;

namespace Livewatcher.Export.Tests;

/// <summary>A receiver of OTLP over HTTP, as good or bad as a test wants it.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Func<int, HttpListenerContext, string?> answer;
    private int requests;

    /// <param name="port">Of the loopback.</param>
    /// <param name="answer">Given a request's number, from 0, sets its status and makes its body; null: keeps its record, answers nothing for a
    /// while.</param>
    internal OtlpReceiver(int port, Func<int, HttpListenerContext, string?>? answer = null)
    {
        this.answer = answer ?? ((_, _) => "{}");
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        _ = ServeAsync();
    }

    internal List<JsonElement> Records { get; } = [];

    internal List<JsonElement> Metrics { get; } = [];

    internal List<string> Complaints { get; } = [];

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                Serve(await listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // closed
        }
    }

    private void Serve(HttpListenerContext context)
    {
        if (context.Request.ContentType != "application/json" || context.Request.HttpMethod != "POST")
            Complaints.Add($"{context.Request.HttpMethod} {context.Request.ContentType}");
        JsonElement body = JsonDocument.Parse(context.Request.InputStream).RootElement;
        bool logs = context.Request.Url!.AbsolutePath == "/base/v1/logs";
        if (!logs && context.Request.Url.AbsolutePath != "/base/v1/metrics")
            Complaints.Add(context.Request.Url.AbsolutePath);
        string? said = logs ? answer(requests++, context) : "{}";
        if (said is not null && context.Response.StatusCode == 200)
            Keep(body, logs);
        if (said is null)
        {
            _ = Task.Delay(3000).ContinueWith(_ => context.Response.Abort(), TaskScheduler.Default);
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.OutputStream.Write(System.Text.Encoding.UTF8.GetBytes(said));
        context.Response.Close();
    }

    private void Keep(JsonElement body, bool logs)
    {
        JsonElement resource = body.GetProperty(logs ? "resourceLogs" : "resourceMetrics")[0];
        JsonElement scope = resource.GetProperty(logs ? "scopeLogs" : "scopeMetrics")[0];
        lock (Records)
            (logs ? Records : Metrics).AddRange(scope.GetProperty(logs ? "logRecords" : "metrics").EnumerateArray());
    }

    /// <summary>An attribute's value as text.</summary>
    internal static string? Attribute(JsonElement of, string name) =>
        of.GetProperty("attributes").EnumerateArray().Where(one => one.GetProperty("key").GetString() == name)
            .Select(one => one.GetProperty("value").EnumerateObject().Single().Value.GetString()).SingleOrDefault();
}
