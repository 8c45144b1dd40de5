// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Symbols.Servers;

namespace Livewatcher.Cli.Output;

/// <summary>How a download goes on: one line on standard error, wiped out at its end.</summary>
internal static class DownloadLine
{
    private const double Mega = 1e6;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <returns>Null where nobody would see it.</returns>
    internal static Action<DownloadProgress>? OnTerminal()
    {
        if (Console.IsErrorRedirected)
            return null;
        DateTime shown = DateTime.UtcNow;
        bool isShown = false;
        return progress =>
        {
            // The first one is late too: what takes no time flashes by.
            if (progress.Done ? !isShown : DateTime.UtcNow - shown < Interval)
                return;
            shown = DateTime.UtcNow;
            isShown = !progress.Done;
            Console.Error.Write(progress.Done ? "\r\e[K" : $"\r\e[Klivewatcher: {Of(progress)}");
        };
    }

    internal static string Of(DownloadProgress progress) => string.Create(
        CultureInfo.InvariantCulture, $"{Render.Printable.Of(progress.What)}: {progress.Bytes / Mega:0.0}{(progress.Total is { } total ? $" of {total / Mega:0.0}" : "")} MB");
}
