// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Cli.Composition;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Cli.Screen;
using Livewatcher.Engine.Watching;
using Livewatcher.Export;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Scheduling;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Render;

namespace Livewatcher.Cli.Verbs;

/// <summary>What run and attach share: signals, output, the session, the errors.</summary>
internal static class WatchCommand
{
    /// <summary>Runs a verb's body; a failure that the user can mend is one line and status 2.</summary>
    internal static int Guarded(Func<int> body)
    {
        try
        {
            return body();
        }
        catch (UserException e)
        {
            return Fail(e.Message);
        }
        catch (TypeInitializationException e) when (e.InnerException is IOException why)
        {
            // The runtime's first use of something that takes descriptors: signals, mostly.
            return Fail($"cannot begin: {why.Message}; is there a low limit of open files (ulimit -n)?");
        }
    }

    internal static int Fail(string message)
    {
        Console.Error.WriteLine($"livewatcher: {Printable.Of(message)}");
        return ExitCodes.Usage;
    }

    /// <summary>Watches a target that the platform holds or has attached to.</summary>
    /// <param name="platform">What holds it.</param>
    /// <param name="settings">What the user wants.</param>
    /// <param name="target">The process.</param>
    /// <param name="started">Whether livewatcher has started it.</param>
    /// <param name="screen">A live view; null where none is wanted.</param>
    /// <returns>How it ended, after the coverage statement.</returns>
    internal static (SessionOutcome Outcome, int? ExitStatus, bool OutputFailed) Watch(
        WatchPlatform platform, WatchSettings settings, ProcessId target, bool started, LiveScreen? screen)
    {
        OwnNiceness.GiveWay();
        using CancellationTokenSource stop = new();
        using ProgressLine progress = new(isWanted: screen is null);
        // Said at once and not when the hits that have been taken leave time for it.
        using Interrupts interrupts = new(stop, () =>
        {
            OwnNiceness.Raise();
            progress.Show(LettingGoOf(target));
        });
        ScreenSink? shown = screen is null ? null : ScreenSink.Open(screen, settings.Output, standardError: started, stop);
        using OutputSink sink = shown?.Report ?? OutputSink.Open(settings.Output, standardError: started, stop);
        using IRecorder? recorder = Recordings.Open(settings.Record) ?? (screen is null ? null : Recordings.OnDemand(LiveModel.HeldHits));
        using PosixSignalRegistration? dumps = settings.Record is null ? null : Recordings.DumpOnSignal(recorder, screen is null ? null : screen.Tell);
        using Exporters exporters = Exporters.Open(settings.Export);
        SessionPlatform parts = platform.ForSession(settings) with
        {
            Tally = exporters.Any ? exporters.Take : null,
            OnStage = stage => Tell(stage, target, progress, screen, platform),
        };
        DateTimeOffset now = parts.Clock.ToWallClock(parts.Clock.Now);
        IEventSink visible = (IEventSink?)shown ?? (settings.Output.File is null ? new LineAside(sink, progress) : sink);
        IEventSink reported = ExportedSink.Before(visible, exporters);
        NotesFirst noting = new(Recordings.Before(reported, recorder), [.. platform.Notes.Select(note => new NoteEvent(now, NoteLevel.Warning, note))]);
        SessionOptions options = new(
            settings.Requests, settings.For, settings.MaxHits, settings.FollowFork, settings.FollowExec, started, OnlineCpus.Read().Count)
        {
            Known = settings.Known.Writers,
            Learn = settings.Known.Learn,
            Turn = settings.Turn,
            IsTried = settings.IsTried,
        };
        using WatchSession session = new(parts, options, noting);
        screen?.Start(new ScreenActions
        {
            Quit = stop.Cancel,
            Observe = session.Observe,
            Ignore = session.Accept,
            Record = recorder is FlightRecorder flight ? file => flight.Dump(Path.GetFullPath(file)) : null,
        });
        SessionOutcome outcome = session.Run(target, stop.Token, interrupts.Again);
        screen?.AwaitLeave(stop.Token);
        if (started && outcome.TargetRuns)
            screen?.LeaveOutput();
        shown?.Close();
        SaveWriters(settings.Known, session.Writers);
        OwnNiceness.Restore();
        int? status = outcome.ExitStatus;
        if (started && outcome is { TargetRuns: true, HandOver: null } && !stop.IsCancellationRequested)
        {
            status = session.AwaitExit(stop.Token);
        }
        else if (started && status is null)
        {
            using CancellationTokenSource soon = new(TimeSpan.FromSeconds(1));
            status = session.AwaitExit(soon.Token);
        }

        if (sink.Failure is { } failure)
            Console.Error.WriteLine($"livewatcher: writing the output failed, so the watching has ended: {failure}");
        return (outcome, status, sink.Failure is not null);
    }

    private static void Tell(SessionStage stage, ProcessId target, ProgressLine progress, LiveScreen? screen, WatchPlatform platform)
    {
        if (stage == SessionStage.Ready)
        {
            OwnNiceness.Restore();
            progress.Hide();
            screen?.Tell(""); // the keys have their line again
            return;
        }

        OwnNiceness.Raise();
        (string what, Func<double?>? part) = stage switch
        {
            SessionStage.ReadingSymbols => ($"reading the symbols of {Printable.Of(ProcessTable.NameOf(target) ?? $"process {target}")}", () => platform.Reading.Part),
            SessionStage.Arming => ($"arming {ThreadsOf(target)}", () => platform.ArmedPart),
            _ => (LettingGoOf(target), (Func<double?>?)null),
        };
        progress.Show(what, part);
        screen?.Tell($"{what} ...");
    }

    private static string LettingGoOf(ProcessId target) => $"letting go of {ThreadsOf(target)}";

    private static string ThreadsOf(ProcessId target) => ProcessTable.ThreadsOf(target) switch
    {
        null => "the target",
        1 => "1 thread",
        { } count => $"{count:N0} threads",
    };

    /// <summary>A failure here must not hide how the target has ended.</summary>
    private static void SaveWriters(KnownSettings known, IReadOnlyCollection<KnownWriter> writers)
    {
        try
        {
            if (known.SaveTo is { } path)
                KnownFile.Write(path, known.Writers.Union(writers));
        }
        catch (UserException e)
        {
            Console.Error.WriteLine($"livewatcher: {Printable.Of(e.Message)}");
        }
    }

    /// <summary>Ctrl-C, kill and a closed terminal end the watching, not the target.</summary>
    internal sealed class Interrupts : IDisposable
    {
        private readonly List<PosixSignalRegistration> registrations = [];
        private readonly CancellationTokenSource again = new();

        internal Interrupts(CancellationTokenSource stop, Action? asked = null)
        {
            foreach (PosixSignal signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            {
                registrations.Add(PosixSignalRegistration.Create(signal, context =>
                {
                    context.Cancel = true;
                    if (stop.IsCancellationRequested)
                        again.Cancel();
                    asked?.Invoke();
                    stop.Cancel();
                }));
            }
        }

        /// <summary>Asked a second time: what is still to be shown is not waited for.</summary>
        internal CancellationToken Again => again.Token;

        public void Dispose()
        {
            registrations.ForEach(registration => registration.Dispose());
            again.Dispose();
        }
    }
}
