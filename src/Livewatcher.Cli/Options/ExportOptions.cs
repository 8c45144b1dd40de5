// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Globalization;
using System.Net;
using Livewatcher.Export;
using Livewatcher.Export.Syslog;
using Livewatcher.Linux.Probing;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>The options that send events elsewhere, defined once.</summary>
internal sealed class ExportOptions
{
    private readonly Option<string?> otlp = new("--otlp")
    {
        Description = "Send hits and notes as OpenTelemetry logs, and counters as its metrics, to this receiver by OTLP over HTTP: http://127.0.0.1:4318 (docs/exports.md).",
        HelpName = "URL",
    };

    private readonly Option<string?> prometheus = new("--prometheus")
    {
        Description = "Serve counters of hits by watch and writer, drops and coverage for Prometheus at /metrics: a port of the loopback, or ADDRESS:PORT.",
        HelpName = "ADDR",
    };

    private readonly Option<bool> journald = new("--journald") { Description = "Send hits and notes to systemd's journal, each thing in them as a field of its own." };

    private readonly Option<string?> syslog = new("--syslog")
    {
        Description = "Send hits and notes to syslog (RFC 5424): /dev/log without a value, or the path of a socket, udp://HOST[:PORT], tcp://HOST[:PORT].",
        HelpName = "ADDR",
        Arity = ArgumentArity.ZeroOrOne,
    };

    internal IEnumerable<Option> All => [otlp, prometheus, journald, syslog];

    /// <exception cref="UserException">A value makes no sense.</exception>
    internal ExportSettings Read(ParseResult parsed) => new()
    {
        Otlp = parsed.GetValue(otlp) is { } url ? ParseUrl(url) : null,
        OtlpHeaders = parsed.GetValue(otlp) is null ? [] : ParseHeaders(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_HEADERS") ?? ""),
        Prometheus = parsed.GetValue(prometheus) is { } place ? ParsePlace(place) : null,
        Journal = parsed.GetValue(journald) ? Exporters.JournalPath : null,
        Syslog = parsed.GetResult(syslog) is null ? null : parsed.GetValue(syslog) is { } address ? SyslogAddress.Parse(address) : SyslogAddress.Usual,
        Version = ProductVersion.Full,
    };

    internal static Uri ParseUrl(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri is not { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" })
            throw new UserException($"--otlp {url}: http://HOST:PORT is meant, or https (4318 is OTLP's usual port over HTTP)");
        return uri.Scheme == "http" || SharedLibrary.IsThere("libssl.so.3", "libssl.so.1.1")
            ? uri
            : throw new UserException($"--otlp {url}: https takes OpenSSL (libssl.so.3), which is not installed here");
    }

    /// <summary>9464, :9464, 10.0.0.1:9464, [::1]:9464. A port alone is the loopback's.</summary>
    internal static IPEndPoint ParsePlace(string text)
    {
        string digits = text.TrimStart(':');
        if (ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && text.Length - digits.Length < 2)
            return new IPEndPoint(IPAddress.Loopback, port);
        int colon = text.LastIndexOf(':');
        return colon > 0 && !text.EndsWith(']') && IPEndPoint.TryParse(text, out IPEndPoint? place) && IPAddress.TryParse(text[..colon], out _)
            ? place
            : throw new UserException($"--prometheus {text}: a port, or ADDRESS:PORT with a numeric address is meant, as 9464 or 0.0.0.0:9464");
    }

    /// <summary>As OpenTelemetry's libraries take them: name=value,name=value, percent-encoded.</summary>
    private static List<KeyValuePair<string, string>> ParseHeaders(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(one => one.Split('=', 2))
            .Where(parts => parts.Length == 2)
            .Select(parts => new KeyValuePair<string, string>(parts[0].Trim(), Uri.UnescapeDataString(parts[1].Trim())))];
}
