// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using Livewatcher.Export.Syslog;

namespace Livewatcher.Export;

/// <summary>Where a session's events go besides the terminal.</summary>
public sealed record ExportSettings
{
    /// <summary>An OTLP receiver's base, without v1/logs and v1/metrics; null for none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Headers of each OTLP request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> OtlpHeaders { get; init; } = [];

    /// <summary>Where Prometheus may fetch metrics; null for nowhere.</summary>
    public IPEndPoint? Prometheus { get; init; }

    /// <summary>The journal's socket; null for no journal.</summary>
    public string? Journal { get; init; }

    /// <summary>Null for no syslog.</summary>
    public SyslogAddress? Syslog { get; init; }

    public ExportLimits Limits { get; init; } = new();

    /// <summary>What receivers are told of who sends.</summary>
    public string Version { get; init; } = "";
}
