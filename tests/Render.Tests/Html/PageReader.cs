// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Model;

namespace Livewatcher.Render.Tests.Html;

/// <summary>A page's two data elements, read as its script reads them.</summary>
internal sealed class PageReader
{
    private const string DataTag = "<script type=\"application/json\" id=\"data\">";
    private const string HitsTag = "<script type=\"application/octet-stream\" id=\"hits\">";
    private const string EndTag = "</script>";

    private PageReader(string html)
    {
        Html = html;
        Json = Between(DataTag);
        Data = JsonDocument.Parse(Json).RootElement;
        using GZipStream gzip = new(new MemoryStream(Convert.FromBase64String(Between(HitsTag))), CompressionMode.Decompress);
        using MemoryStream bytes = new();
        gzip.CopyTo(bytes);
        Hits = Decode(bytes.ToArray());
    }

    public string Html { get; }

    public string Json { get; }

    public JsonElement Data { get; }

    /// <summary>Numbers of each hit: sequence, ticks, object, writer, thread, cpu, marks, number, text.</summary>
    public IReadOnlyList<PageHit> Hits { get; }

    public static PageReader Of(HtmlOptions options, IEnumerable<WatchEvent> events)
    {
        using MemoryStream output = new();
        using (HtmlRenderer renderer = new(output, options))
        {
            foreach (WatchEvent one in events)
                renderer.Publish(one);
        }

        return new PageReader(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.ToArray()));
    }

    /// <summary>Hits as text, a line each.</summary>
    public string Lines() => string.Concat(Hits.Select(hit => FormattableString.Invariant(
        $"#{hit.Sequence} ticks {hit.Ticks} object {hit.Object} writer {hit.Writer} thread {hit.Thread} cpu {hit.Cpu} marks 0x{hit.Marks:x} number {hit.Number} text {hit.Text}\n")));

    private static List<PageHit> Decode(byte[] bytes)
    {
        List<PageHit> hits = [];
        Dictionary<long, long> numbers = [];
        int place = 0;
        long sequence = 0, ticks = 0;
        while (place < bytes.Length)
        {
            int many = (int)Next(bytes, ref place);
            int[] lengths = [.. Enumerable.Range(0, 10).Select(_ => (int)Next(bytes, ref place))];
            int[] at = [.. lengths.Select((_, column) => place + lengths[..column].Sum())];
            int end = place + lengths.Sum();
            for (int i = 0; i < many; i++)
            {
                sequence += Signed(Next(bytes, ref at[0]));
                ticks += Signed(Next(bytes, ref at[1]));
                long owner = (long)Next(bytes, ref at[2]);
                int writer = (int)Next(bytes, ref at[3]) - 1, thread = (int)Next(bytes, ref at[4]) - 1, cpu = (int)Next(bytes, ref at[5]) - 1;
                int marks = (int)Next(bytes, ref at[6]);
                double number = double.NaN;
                if ((marks & 256) != 0)
                {
                    number = numbers[owner] = numbers.GetValueOrDefault(owner) + Signed(Next(bytes, ref at[7]));
                }
                else if (marks >> 10 != 0)
                {
                    number = BitConverter.ToDouble(bytes, at[8]);
                    at[8] += 8;
                }

                hits.Add(new PageHit(sequence, ticks, owner, writer, thread, cpu, marks, number, (int)Next(bytes, ref at[9]) - 1));
            }

            at[9].Should().Be(end, "every column ends where it says");
            place = end;
        }

        return hits;
    }

    private static ulong Next(byte[] bytes, ref int place)
    {
        ulong number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte one = bytes[place++];
            number |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80)
                return number;
        }
    }

    private static long Signed(ulong number) => (long)(number >> 1) ^ -(long)(number & 1);

    private string Between(string tag)
    {
        int from = Html.IndexOf(tag, StringComparison.Ordinal) + tag.Length;
        from.Should().BeGreaterThan(tag.Length, $"the page has {tag}");
        return Html[from..Html.IndexOf(EndTag, from, StringComparison.Ordinal)];
    }
}

internal sealed record PageHit(long Sequence, long Ticks, long Object, int Writer, int Thread, int Cpu, int Marks, double Number, int Text);
