// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Net.Http.Headers;
using Livewatcher.Export.Counting;
using Livewatcher.Export.Messages;
using Livewatcher.Export.Sending;

namespace Livewatcher.Export.Otlp;

/// <summary>OTLP over HTTP, in its JSON encoding: messages as log records, meters as metrics.</summary>
internal sealed class OtlpOutlet : IOutlet
{
    private const long LargestAnswer = 64 << 10;

    private readonly HttpClient client;
    private readonly Uri logs;
    private readonly Uri metrics;
    private readonly OtlpJson json;
    private readonly HitMeters meters;
    private readonly TimeSpan interval;
    private DateTimeOffset metricsDue;

    /// <param name="receiver">Its base, without v1/logs and v1/metrics.</param>
    /// <param name="headers">Of each request.</param>
    /// <param name="json">The encoding.</param>
    /// <param name="meters">What metrics are made of.</param>
    /// <param name="limits">How often metrics are sent, and how long a receiver may take.</param>
    internal OtlpOutlet(Uri receiver, IEnumerable<KeyValuePair<string, string>> headers, OtlpJson json, HitMeters meters, ExportLimits limits)
    {
        string root = receiver.AbsoluteUri.TrimEnd('/');
        logs = new Uri($"{root}/v1/logs");
        metrics = new Uri($"{root}/v1/metrics");
        Place = root;
        this.json = json;
        this.meters = meters;
        interval = limits.MetricsInterval;
        metricsDue = DateTimeOffset.UtcNow + interval;
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = limits.Patience, ActivityHeadersPropagator = null })
        {
            Timeout = Timeout.InfiniteTimeSpan, // each request has a token
            MaxResponseContentBufferSize = LargestAnswer,
        };
        foreach ((string name, string value) in headers)
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
    }

    public string Place { get; }

    public int MaxBatch => 512;

    public async Task SendAsync(Parcel parcel, CancellationToken stop)
    {
        using HttpResponseMessage answer = await PostAsync(logs, json.Logs(parcel.Messages.Skip(parcel.Done)), stop).ConfigureAwait(false);
        int count = parcel.Left;
        if (answer.IsSuccessStatusCode)
        {
            byte[] body = await answer.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
            (long refused, string? why) = OtlpJson.ReadAnswer(body);
            if (refused > 0)
                parcel.Refuse(Math.Min(refused, count), why is { Length: > 0 } ? FieldList.Clean(why) : "it does not say why");
        }
        else if (IsPassing(answer.StatusCode))
        {
            throw new ReceiverBusyException(Status(answer), After(answer));
        }
        else
        {
            parcel.Refuse(count, Status(answer));
        }

        parcel.Sent(count);
    }

    public async Task SendSummaryAsync(bool last, CancellationToken stop)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (!last && now < metricsDue)
            return;
        metricsDue = now + interval;
        using HttpResponseMessage answer = await PostAsync(metrics, json.Metrics(Metrics.Of(meters.Read()), now), stop).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException(Status(answer));
    }

    public void Dispose() => client.Dispose();

    /// <summary>Those after which the specification wants another try.</summary>
    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static string Status(HttpResponseMessage answer) => $"HTTP status {(int)answer.StatusCode} {FieldList.Clean(answer.ReasonPhrase ?? "", 100)}".TrimEnd();

    private static TimeSpan? After(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - DateTimeOffset.UtcNow) : null;

    private async Task<HttpResponseMessage> PostAsync(Uri where, byte[] body, CancellationToken stop)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await client.PostAsync(where, content, stop).ConfigureAwait(false);
    }
}
