// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Writes a run for people: hits as they come, then the table by distinct writer, last the coverage statement.
/// Each event goes to the writer in one piece, unbuffered; buffering and flushing are the writer's. Failures of the writer
/// (a closed pipe, a full disk) pass through as it throws them. The table is held back until the coverage event.</summary>
public sealed class TextRenderer : IEventSink
{
    private readonly TextWriter _output;
    private readonly Page _page;
    private readonly ArmedText _armed;
    private readonly HitText _hits;
    private readonly WriterText _writers;
    private readonly ServingText _serving;
    private readonly bool _showsHits;
    private readonly WatchTally _tally = new();
    private readonly List<WriterRow> _rows = [];
    private DateTime? _day;

    /// <param name="output">Must encode as UTF-8. Stays the caller's.</param>
    /// <param name="options">Layout.</param>
    public TextRenderer(TextWriter output, TextOptions options)
    {
        _output = output;
        _showsHits = options.Hits;
        _page = new Page(options.Colour, options.Width);
        _armed = new ArmedText(_page);
        _hits = new HitText(_page, options);
        _writers = new WriterText(_page, options);
        _serving = new ServingText(_page, options);
    }

    public void Publish(WatchEvent watchEvent)
    {
        switch (watchEvent)
        {
            case Hit hit:
                _tally.Add(hit);
                if (_showsHits)
                {
                    Day(hit.Time);
                    _hits.Write(hit);
                }

                break;
            case ArmedEvent armed:
                _day = armed.Time.Date;
                _tally.Add(armed);
                _hits.Expect(armed.Watch, armed.Initial);
                _armed.Write(armed);
                break;
            case NoteEvent note:
                Day(note.Time);
                WriteNote(note);
                break;
            case DisarmedEvent disarmed:
                Day(disarmed.Time);
                _serving.Write(disarmed);
                break;
            case MessageEvent message:
                Day(message.Time);
                _serving.Write(message);
                break;
            case RegistersEvent registers:
                _serving.Write(registers);
                break;
            case StatusEvent status:
                _serving.Write(status);
                break;
            case WriterRow row:
                _rows.Add(row);
                break;
            case CoverageEvent coverage:
                _writers.Write(_rows);
                CoverageText.Write(_page, coverage, _tally);
                break;
            default:
                throw new ArgumentException($"This renderer does not know {watchEvent.GetType().Name}.", nameof(watchEvent));
        }

        _page.Flush(_output);
    }

    // Hits show the clock alone, so a new day gets a line of its own.
    private void Day(DateTimeOffset time)
    {
        if (_day is { } day && day != time.Date)
        {
            _page.Add($"-- {Timestamps.Date(time)} --", Tone.Faint).End();
        }

        _day = time.Date;
    }

    private void WriteNote(NoteEvent note)
    {
        var warning = note.Level == NoteLevel.Warning;
        _page.Add(warning ? "warn" : "note", warning ? Tone.Alarm : Tone.Good).To(StackText.Indent);
        _page.Add(Timestamps.Clock(note.Time), Tone.Faint).Gap().Sentence(note.Text, _page.Column);
    }
}
