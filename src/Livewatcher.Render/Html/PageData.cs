// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>What the page shows, gathered as the events come.</summary>
internal sealed class PageData
{
    private const int MostNotes = 1000;

    private readonly Queue<(DateTimeOffset Time, string Level, string Text)> notes = [];
    private readonly List<WriterRow> rows = [];

    public PageData(HtmlOptions options)
    {
        Options = options;
        Sums = new HitSums(options.Sums);
        Hits = new HitColumns(options.SingleHits, Sums.Add);
    }

    public HtmlOptions Options { get; }

    public HitPacker Packer { get; } = new();

    /// <summary>Hits that are older than the ones in <see cref="Hits"/>.</summary>
    public HitSums Sums { get; }

    public HitColumns Hits { get; }

    public WatchTally Tally { get; } = new();

    /// <summary>The first event's time, from which the page's times count.</summary>
    public DateTimeOffset? First { get; private set; }

    public CoverageEvent? Coverage { get; private set; }

    public IEnumerable<(DateTimeOffset Time, string Level, string Text)> Notes => notes;

    public long NotesLeftOut { get; private set; }

    /// <summary>Most suspicious first.</summary>
    public IReadOnlyList<WriterRow> Rows => rows;

    public long RowsLeftOut { get; private set; }

    /// <summary>In ticks of 100 ns.</summary>
    public long Ticks(DateTimeOffset time) => (time - (First ?? time)).Ticks;

    public void Take(WatchEvent watchEvent)
    {
        switch (watchEvent)
        {
            case ArmedEvent armed:
                First ??= armed.Time;
                Tally.Add(armed);
                Packer.Objects.Find(armed.Watch, armed.Watch.Address, armed.Process).Object.Arm(armed.Initial);
                break;
            case Hit hit:
                First ??= hit.Time;
                Tally.Add(hit);
                Hits.Add(Packer.Pack(hit, Ticks(hit.Time)));
                break;
            case NoteEvent note:
                Add(note.Time, note.Level == NoteLevel.Warning ? "warning" : "info", note.Text);
                break;
            case MessageEvent message:
                Add(message.Time, "message", $"{message.ThreadName} ({message.Thread?.Value ?? message.Process.Value}): {message.Text}");
                break;
            case WriterRow row when rows.Count < Options.Writers:
                rows.Add(row);
                break;
            case WriterRow:
                RowsLeftOut++;
                break;
            case CoverageEvent coverage:
                Coverage = coverage;
                First ??= coverage.From ?? coverage.To;
                break;
        }
    }

    private void Add(DateTimeOffset time, string level, string text)
    {
        First ??= time;
        notes.Enqueue((time, level, text));
        if (notes.Count <= MostNotes)
            return;
        notes.Dequeue();
        NotesLeftOut++;
    }
}
