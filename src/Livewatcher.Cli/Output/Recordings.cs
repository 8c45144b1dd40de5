// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Runtime.InteropServices;
using Livewatcher.Cli.Options;
using Livewatcher.Linux.Probing;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Render;

namespace Livewatcher.Cli.Output;

/// <summary>Makes recorders as the options say.</summary>
internal static class Recordings
{
    private const int SIGUSR1 = 10;

    /// <returns>Null where nothing shall be recorded.</returns>
    /// <exception cref="UserException">The file cannot be written.</exception>
    internal static IRecorder? Open(RecordSettings? wanted)
    {
        if (wanted is null)
            return null;
        RecordingSettings settings = SettingsOf(wanted);
        return wanted.Last is { } keep ? FlightRecorder.Open(settings, keep) : Recorder.Open(settings);
    }

    /// <summary>Whether it can be written, before a program is started: the recorder itself comes later, for the guard is forked from a process
    /// whose other threads are idle.</summary>
    /// <exception cref="UserException">It cannot.</exception>
    internal static void Check(RecordSettings? wanted)
    {
        if (wanted is not null)
            Recorder.Check(SettingsOf(wanted));
    }

    /// <summary>Keeps the newest hits for whoever asks for them.</summary>
    internal static FlightRecorder OnDemand(int keep) => FlightRecorder.OnDemand(Facts(), keep);

    /// <summary>Whatever is shown is recorded first.</summary>
    internal static IEventSink Before(IEventSink shown, IRecorder? recorder) => recorder is null ? shown : new RecordedSink(shown, recorder);

    /// <summary>SIGUSR1 makes a flight recorder write what it holds. Without one the signal does what it always does.</summary>
    /// <param name="recorder">Which.</param>
    /// <param name="tell">Hears how it went; null: standard error.</param>
    internal static PosixSignalRegistration? DumpOnSignal(IRecorder? recorder, Action<string>? tell = null) => recorder is not FlightRecorder flight
        ? null
        : PosixSignalRegistration.Create((PosixSignal)SIGUSR1, context =>
        {
            context.Cancel = true;
            Say(flight, tell ?? (words => Console.Error.WriteLine($"livewatcher: {Printable.Of(words)}")));
        });

    private static RecordingSettings SettingsOf(RecordSettings wanted) =>
        new(Path.GetFullPath(wanted.File), Facts()) { MaxBytes = wanted.MaxBytes, MaxAge = wanted.MaxAge };

    /// <summary>At once, and not between events: there may be none for hours.</summary>
    private static void Say(FlightRecorder flight, Action<string> tell)
    {
        try
        {
            tell(flight.Dump(null));
        }
        catch (UserException e)
        {
            tell(e.Message);
        }
    }

    private static List<KeyValuePair<string, string>> Facts()
    {
        MachineFacts machine = MachineReader.Read();
        List<KeyValuePair<string, string>> facts =
        [
            new("began", DateTimeOffset.Now.ToString("O", CultureInfo.InvariantCulture)),
            new("command", string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Select(Quoted))),
            new("cpus", machine.Cpus.ToString(CultureInfo.InvariantCulture)),
            new("host", Environment.MachineName),
            new("hypervisor", machine.Hypervisor ? "yes" : "no"),
            new("kernel", machine.Kernel),
            new("livewatcher", ProductVersion.Full),
        ];
        if (machine.Processor is { } processor)
            facts.Add(new("processor", processor));
        return facts;
    }

    /// <summary>As a shell would have it, for whoever reads it.</summary>
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(one => char.IsAsciiLetterOrDigit(one) || "-_./:=,+@%".Contains(one)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

/// <summary>Records what is published and hands it on; what the recorder has to say comes as notes between.</summary>
internal sealed class RecordedSink(IEventSink inner, IRecorder recorder) : IEventSink
{
    public void Publish(WatchEvent watchEvent)
    {
        if (watchEvent is CoverageEvent coverage)
        {
            CoverageEvent whole = recorder.Finish(coverage);
            while (recorder.TakeNews() is { } note)
                inner.Publish(note);
            inner.Publish(whole);
            return;
        }

        recorder.Add(watchEvent);
        inner.Publish(watchEvent);
        if (recorder.TakeNews() is not { } news)
            return;
        recorder.Add(news);
        inner.Publish(news);
    }
}
