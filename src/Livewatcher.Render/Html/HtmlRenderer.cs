// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>A recording as one HTML page that needs nothing else (docs/report.md). Takes a run's events; the page is written by Dispose.
/// What it keeps meanwhile is bounded: see <see cref="HtmlOptions"/>.</summary>
public sealed class HtmlRenderer : IEventSink, IDisposable
{
    private readonly Stream output;
    private readonly PageData data;
    private bool ended;

    /// <param name="output">Stays the caller's.</param>
    /// <param name="options">What else is on the page.</param>
    public HtmlRenderer(Stream output, HtmlOptions options)
    {
        this.output = output;
        data = new PageData(options);
    }

    public void Publish(WatchEvent watchEvent) => data.Take(watchEvent);

    /// <summary>Nothing of the events is HTML on this page: they are JSON in which no character of HTML stands for itself, and Base64; the
    /// page's script puts them into text nodes.</summary>
    public void Dispose()
    {
        if (ended)
            return;
        ended = true;
        output.Write(PageFiles.Head);
        output.Write("<script type=\"application/json\" id=\"data\">"u8);
        new PageJson(data).WriteTo(output);
        output.Write("</script>\n<script type=\"application/octet-stream\" id=\"hits\">"u8);
        using (Base64Stream base64 = new(output))
            data.Hits.WriteTo(base64);
        output.Write("</script>\n"u8);
        output.Write(PageFiles.Tail);
    }
}

/// <summary>The page without its data: made by page/build.mjs, embedded by the project file.</summary>
internal static class PageFiles
{
    public static ReadOnlySpan<byte> Head => Read("report.head.html");

    public static ReadOnlySpan<byte> Tail => Read("report.tail.html");

    private static byte[] Read(string name)
    {
        using Stream stream = typeof(PageFiles).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in this assembly");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
