// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Livewatcher.Export.Messages;
using Livewatcher.Export.Sending;

namespace Livewatcher.Export.Journal;

/// <summary>systemd's journal by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): an entry a datagram, a field a line. Values have no
/// line feed here, so that none needs the protocol's binary form; an entry is far below what a datagram may have, so that none needs a
/// file.</summary>
/// <param name="path">The journal's socket.</param>
internal sealed class JournalOutlet(string path) : IOutlet
{
    internal const string UsualPath = "/run/systemd/journal/socket";

    /// <summary>MESSAGE_ID of each kind, made for livewatcher: journalctl finds by it.</summary>
    private static readonly Dictionary<string, string> Ids = new(StringComparer.Ordinal)
    {
        ["hit"] = "5e0d2a4b8c1f4f6b9a3c7d1e2f405162",
        ["escape"] = "c3a9f17e52d84b0aa6b1d0e94f7c2835",
    };

    private readonly DatagramSender sender = new(_ => Task.FromResult<EndPoint>(new UnixDomainSocketEndPoint(path)));

    public string Place => path;

    public int MaxBatch => 256;

    public Task SendAsync(Parcel parcel, CancellationToken stop) => sender.SendAsync(parcel, message => Encoding.UTF8.GetBytes(Entry(message)), stop);

    public void Dispose() => sender.Dispose();

    internal static string Entry(Message message)
    {
        StringBuilder entry = new();
        void Line(string name, string value) => entry.Append(name).Append('=').Append(value).Append('\n');
        Line("MESSAGE", message.Text);
        Line("PRIORITY", ((int)message.Severity).ToString(CultureInfo.InvariantCulture));
        Line("SYSLOG_IDENTIFIER", "livewatcher");
        Line("LIVEWATCHER_KIND", message.Kind);
        Line("LIVEWATCHER_TIME", message.Time.ToString("O", CultureInfo.InvariantCulture));
        if (Ids.TryGetValue(message.Kind, out string? id))
            Line("MESSAGE_ID", id);
        foreach (Field field in message.Fields)
        {
            string value = field.Text ?? field.Number.ToString(CultureInfo.InvariantCulture);
            Line($"LIVEWATCHER_{field.Name.ToUpperInvariant()}", value);
            // Fields that systemd.journal-fields(7) has a name for.
            if (field.Name is "function" or "file" or "line")
                Line(field.Name == "function" ? "CODE_FUNC" : $"CODE_{field.Name.ToUpperInvariant()}", value);
        }

        return entry.ToString();
    }
}
