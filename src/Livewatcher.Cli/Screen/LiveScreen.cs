// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Linux.Terminals;
using Livewatcher.Model;
using Livewatcher.Render;
using Livewatcher.Render.Screen;

namespace Livewatcher.Cli.Screen;

/// <summary>The live view of one watching, or of a recording: draws and reads keys on a thread of its own. However it ends, the terminal is
/// as it was before.</summary>
internal sealed class LiveScreen : IDisposable
{
    private const int KeyPause = 100;
    private const int DrawPause = 250;
    private const int ObservePause = 500;

    private readonly ScreenTerminal terminal;
    private readonly OutputPane pane;
    private readonly LiveModel live;
    private readonly ISourceText source;
    private readonly KeyReader keys = new();
    private readonly bool colour;
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly ManualResetEventSlim left = new();
    private readonly ManualResetEventSlim continued = new();
    private readonly Lock answers = new();
    private Thread? thread;
    private ScreenActions actions = new() { Quit = () => { } };
    private ScreenState state = new();
    private ScreenModel? model;
    private string? answer;
    private string[]? frame;
    private (int Columns, int Rows) size;
    private volatile bool closing;
    private volatile bool suspend;
    private volatile bool stopped;

    private LiveScreen(ScreenTerminal terminal, OutputPane pane, string title, bool colour, SourcePlaces places)
    {
        source = new SourceFiles(places);
        this.terminal = terminal;
        this.pane = pane;
        this.colour = colour;
        live = new LiveModel(title);
    }

    /// <summary>Standard error was a terminal before output was led away from it; and standard output.</summary>
    internal required (bool Error, bool Output) WasTerminal { get; init; }

    /// <summary>Nothing is shown yet; but what is started from now on does not write to the terminal.</summary>
    /// <param name="settings">What the user wants.</param>
    /// <param name="title">What is watched.</param>
    /// <param name="output">Colours, and where source is found.</param>
    /// <exception cref="UserException">There is no terminal, or none that can be drawn on.</exception>
    internal static LiveScreen Open(ScreenSettings settings, string title, OutputSettings output)
    {
        if (Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb")
            throw new UserException("--tui takes a terminal that can move its cursor, and TERM names none");
        (bool, bool) was = (!Console.IsErrorRedirected, !Console.IsOutputRedirected);
        _ = (Console.Error, Console.Out); // they keep what they are given now, not what is lent meanwhile
        ScreenTerminal opened = ScreenTerminal.Open();
        try
        {
            bool coloured = output.Color == "always" || (output.Color == "auto" && Environment.GetEnvironmentVariable("NO_COLOR") is null or "");
            return new LiveScreen(opened, OutputPane.Begin(settings), title, coloured, output.Places) { WasTerminal = was };
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Shows itself.</summary>
    /// <exception cref="UserException">The terminal cannot be drawn on.</exception>
    internal void Start(ScreenActions does)
    {
        actions = does;
        try
        {
            terminal.Enter();
        }
        catch (IOException e)
        {
            throw new UserException($"--tui cannot draw on this terminal: {e.Message}");
        }

        AppDomain.CurrentDomain.UnhandledException += (_, _) => terminal.Leave();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => terminal.Leave();
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
        {
            context.Cancel = true;
            suspend = true;
        }));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
        {
            stopped = true;
            continued.Set();
        }));
        thread = new Thread(Run) { Name = "lw-screen", IsBackground = true };
        thread.Start();
    }

    internal void Publish(WatchEvent one) => live.Publish(one);

    /// <summary>The program that was started goes on, and writes where it was led.</summary>
    internal void LeaveOutput() => pane.IsInUse = true;

    /// <summary>Says something at the bottom of the screen; nothing takes back what stands there. From any thread.</summary>
    internal void Tell(string words)
    {
        lock (answers)
            answer = words;
    }

    /// <summary>The watching is over: waits until the user has seen enough, or somebody has ended it.</summary>
    internal void AwaitLeave(CancellationToken stop) => WaitHandle.WaitAny([left.WaitHandle, stop.WaitHandle]);

    /// <summary>The terminal is as it was. Any number of times.</summary>
    internal void Close()
    {
        closing = true;
        continued.Set();
        thread?.Join();
        thread = null;
        signals.ForEach(signal => signal.Dispose());
        signals.Clear();
        terminal.Leave();
        pane.Dispose();
    }

    public void Dispose()
    {
        Close();
        terminal.Dispose();
        left.Dispose();
        continued.Dispose();
    }

    private void Run()
    {
        byte[] typed = new byte[256];
        long drawn = 0;
        long observed = 0;
        try
        {
            while (!closing)
            {
                int count = terminal.Read(typed, TimeSpan.FromMilliseconds(KeyPause));
                List<Key> pressed = count > 0 ? keys.Take(typed.AsSpan(0, count)) : keys.TakeRest();
                pressed.ForEach(Press);
                if (suspend)
                    Suspend();
                if (stopped)
                    Resume();
                long now = Environment.TickCount64;
                if (now - observed >= ObservePause)
                {
                    observed = now;
                    actions.Observe?.Invoke(live.Observe);
                }

                if (pressed.Count == 0 && now - drawn < DrawPause && terminal.Size == size)
                    continue;
                drawn = now;
                Draw(now);
            }
        }
        catch (IOException)
        {
            // The terminal is gone: nobody sees anything any more.
            left.Set();
            actions.Quit();
        }
    }

    private void Draw(long now)
    {
        lock (answers)
        {
            if (answer is not null)
                state = state with { Message = answer.Length > 0 ? answer : null };
            answer = null;
        }

        if (model is null || !state.Paused)
            model = live.Look(state, Now, now) with { OutputFile = pane.File };
        if (state.View == ScreenView.Output)
            model = model with { Output = pane.Tail() };
        (int Columns, int Rows) current = terminal.Size;
        if (current != size)
            frame = null;
        size = current;
        string[] lines = [.. Screens.Draw(model, state, new ScreenLook(size.Columns, size.Rows, colour, SpeaksUnicode), source)];
        StringBuilder update = new(frame is null ? "\e[0m\e[2J" : "");
        for (int row = 0; row < lines.Length; row++)
        {
            if (frame is null || frame[row] != lines[row])
                update.Append(CultureInfo.InvariantCulture, $"\e[{row + 1};1H{lines[row]}\e[K");
        }

        frame = lines;
        if (update.Length > 0)
            terminal.Write(Encoding.UTF8.GetBytes(update.ToString()));
    }

    private void Press(Key key)
    {
        (state, ScreenRequest? request) = ScreenKeys.Press(key, state, model ?? live.Look(state, Now, Environment.TickCount64), NextName);
        // What was pressed is seen at once, also where the screen stands still.
        if (key is { Name: KeyName.Character, Character.Value: 's' } && model is { } shown)
            model = shown with { Writers = WriterOrders.Sort([.. shown.Writers.OrderBy(row => row.Rank)], state.Order) };
        try
        {
            Do(request);
        }
        catch (UserException e)
        {
            Tell(e.Message);
        }
    }

    private void Do(ScreenRequest? request)
    {
        switch (request)
        {
            case ScreenRequest.Quit:
                left.Set();
                actions.Quit();
                break;
            case ScreenRequest.Suspend:
                suspend = true;
                break;
            case ScreenRequest.Redraw:
                frame = null;
                break;
            case ScreenRequest.Filter filter:
                bool isCondition = live.Show(filter.Text);
                state = state with { Filter = filter.Text.Length > 0 ? filter.Text : null, FilterIsCondition = isCondition, Writer = null, Hit = null, Paused = false };
                break;
            case ScreenRequest.Record record:
                Tell(actions.Record is { } write ? write(record.File) : "this is in a recording already");
                break;
            case ScreenRequest.Ignore ignore:
                Ignore(ignore.Writer);
                break;
        }
    }

    private void Ignore(WriterKey writer)
    {
        if (actions.Ignore is not { } act)
        {
            Tell("a recording is over: f shows a part of it");
            return;
        }

        if (live.NewestOf(writer) is not { } hit)
        {
            Tell("this writer's hits are forgotten: wait for its next one");
            return;
        }

        act(hit, done =>
        {
            if (done)
                live.Ignored(writer);
            Tell(done ? "ignored from now on; what it does is counted as filtered" : "it cannot be ignored: who has written is not known, or the process is gone");
        });
    }

    /// <summary>livewatcher alone: the target, which shares the terminal's process group, goes on.</summary>
    private void Suspend()
    {
        suspend = false;
        terminal.Leave();
        continued.Reset();
        ScreenTerminal.StopOurselves();
        continued.Wait();
        Resume();
    }

    /// <summary>A shell has had the terminal meanwhile.</summary>
    private void Resume()
    {
        stopped = false;
        if (closing)
            return;
        terminal.Leave();
        terminal.Enter();
        frame = null;
    }

    /// <summary>A recording has its own time.</summary>
    private DateTimeOffset? Now => actions.Observe is null ? null : DateTimeOffset.Now;

    private static string NextName() => string.Create(CultureInfo.InvariantCulture, $"livewatcher-{DateTime.Now:yyyyMMdd-HHmmss}.lwr");

    /// <summary>By the names that setlocale(3) looks at.</summary>
    private static bool SpeaksUnicode { get; } =
        ((string[])["LC_ALL", "LC_CTYPE", "LANG"]).Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 }) is { } locale
        && (locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase));
}
