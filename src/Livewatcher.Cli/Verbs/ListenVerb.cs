// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Livewatcher.Agent.Serving;
using Livewatcher.Cli.Composition;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Cli.Prompt;
using Livewatcher.Engine.Serving;
using Livewatcher.Export;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Sockets;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Render;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher listen: serves programs that watch their own memory through liblivewatcher.</summary>
internal static class ListenVerb
{
    private const int EINVAL = 22;
    private static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(1);

    internal static Command Create()
    {
        ListenOptions options = new();
        Command command = new("listen", "Serve programs that watch their own memory.\n\n"
            + "They call liblivewatcher (docs/library.md). Accesses are printed as they come; the prompt >> takes commands (help lists them), and so does a pipe.\n\n"
            + "Examples:\n"
            + "  livewatcher listen -p ./sample\n"
            + "  livewatcher listen --set record_watcher=5 --no-log --format json --output hits.jsonl\n"
            + "  livewatcher listen --sync sigall\n"
            + "  livewatcher listen --socket /run/livewatcher/socket --mode 0660 --group developers\n\n"
            + "Exit status: 0; 1 where the output could not be written; 2 where it could not listen.");
        options.AddTo(command);
        command.SetAction(parsed => WatchCommand.Guarded(() => Execute(options.Read(parsed))));
        return command;
    }

    private static int Execute(ListenRequest request)
    {
        if (AgentSocket.Activated() is { } given)
            return Serve(request, given, "the socket it was given");
        Socket socket = Open(request, out string path);
        try
        {
            return Serve(request, socket, path);
        }
        finally
        {
            socket.Dispose();
            File.Delete(path);
        }
    }

    private static int Serve(ListenRequest request, Socket socket, string place)
    {
        using WatchPlatform platform = WatchPlatform.Prepare(request.Watching);
        using CancellationTokenSource stop = new();
        if (request.Watching.For is { } time)
            stop.CancelAfter(time);
        using WatchCommand.Interrupts interrupts = new(stop);
        PromptTerminal? terminal = IsInteractive(request) ? new PromptTerminal(new DescriptorStream(1)) : null;
        ListenSettings settings = request.Settings;
        Func<StackDetail> detail = () => new StackDetail(settings.Detail, settings.LineNumbers);
        OutputSink screen = OutputSink.Open(
            request.Watching.Output, () => (terminal?.Output ?? new DescriptorStream(1), !Console.IsOutputRedirected), stop, detail);
        using ListenOutput output = new(screen, request.LogFolder, DateTimeOffset.Now, detail);
        using IRecorder? recorder = Recordings.Open(request.Watching.Record);
        using PosixSignalRegistration? dumps = Recordings.DumpOnSignal(recorder);
        using Exporters exporters = Exporters.Open(request.Watching.Export);
        IEventSink sink = Recordings.Before(ExportedSink.Before(output, exporters), recorder);
        SelfArmingDesk desk = new(ReadyPatience);
        ListenPlatform parts = platform.ForListening(request, desk);
        if (exporters.Any)
            parts = parts with { Parts = parts.Parts with { Tally = exporters.Take } };
        foreach (string note in platform.Notes)
            sink.Publish(new NoteEvent(DateTimeOffset.Now, NoteLevel.Warning, note));

        using ListenSession session = new(parts, settings, sink);
        CommandLanguage language = new(session, recorder as FlightRecorder);
        AgentServices services = new(session.Post, line => ControlAsync(language, line, stop), peer => Admits(request.Programs, peer), MayControl, SendPatience,
            new PacketSocket(), desk);
        using AgentServer server = new(socket, services);
        sink.Publish(new NoteEvent(DateTimeOffset.Now, NoteLevel.Info, $"livewatcher listens at {place} ({platform.Choice.Describe()})"));
        new CommandReader(terminal, language, output.Say, stop.Cancel).Start();
        session.Run(stop.Token, interrupts.Again);
        if (output.Failure is { } failure)
            Console.Error.WriteLine($"livewatcher: writing the output failed, so the listening has ended: {failure}");
        return output.Failure is null ? ExitCodes.Success : ExitCodes.Degraded;
    }

    private static Socket Open(ListenRequest request, out string path)
    {
        path = request.Socket ?? AgentSocket.OwnPlace(FileGroup.EffectiveUser == 0);
        Socket socket = AgentSocket.Listen(path, request.Mode);
        try
        {
            if (request.Group is { } group)
                FileGroup.Set(path, group);
            return socket;
        }
        catch (UserException)
        {
            socket.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>A person can type at the prompt, and sees what the commands say.</summary>
    private static bool IsInteractive(ListenRequest request) =>
        !Console.IsInputRedirected && !Console.IsOutputRedirected && request.Watching.Output is { File: null, Format: "text" };

    private static bool Admits(IReadOnlyList<string> programs, PeerCredentials peer)
    {
        ProcessId process = new(peer.Process);
        return programs.Count == 0 || programs.Any(program => ProcessTable.Matches(process, program));
    }

    private static bool MayControl(PeerCredentials peer) => peer.User == 0 || peer.User == FileGroup.EffectiveUser;

    private static async Task<ControlReply> ControlAsync(CommandLanguage language, string line, CancellationTokenSource stop)
    {
        CommandReply reply = await language.DoAsync(line).ConfigureAwait(false);
        return new ControlReply(reply.Failed ? EINVAL : 0, reply.Text ?? string.Empty, reply.Quit ? stop.Cancel : null);
    }
}
