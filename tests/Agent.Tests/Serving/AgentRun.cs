// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using System.Net.Sockets;
using Livewatcher.Agent.Serving;
using Livewatcher.Agent.Wire;
using Livewatcher.Engine.Serving;
using Livewatcher.Linux.Sockets;

namespace Livewatcher.Agent.Tests.Serving;

/// <summary>A server on a real socket in a folder of its own, and in place of a session whatever the test wants.</summary>
internal sealed class AgentRun : IDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-agent-").FullName;
    private readonly ConcurrentQueue<ClientRequest> posted = new();
    private AgentServer? server;

    internal string SocketPath => Path.Combine(folder, "socket");

    /// <summary>What has reached the session, in order.</summary>
    internal IReadOnlyList<ClientRequest> Posted => [.. posted];

    /// <summary>Answers come from another thread than the connection's, as a session's do.</summary>
    internal bool Apart { get; init; }

    internal bool Keeps { get; init; } = true;

    internal Func<ClientRequest, ClientAnswer> Answer { get; init; } = _ => default;

    internal Func<string, Task<ControlReply>> Control { get; init; } = line => Task.FromResult(new ControlReply(0, $"done: {line}"));

    internal Func<PeerCredentials, bool> Admits { get; init; } = _ => true;

    internal Func<PeerCredentials, bool> MayControl { get; init; } = _ => true;

    internal SelfArmingDesk Desk { get; } = new(Patience);

    internal TimeSpan SendPatience { get; init; } = Patience;

    internal AgentRun Start()
    {
        Socket listening = AgentSocket.Listen(SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        server = new AgentServer(listening, new AgentServices(Post, line => Control(line), peer => Admits(peer), peer => MayControl(peer), SendPatience, new PacketSocket(), Desk));
        return this;
    }

    internal WirePeer Connect() => new(AgentSocket.Connect(SocketPath) ?? throw new InvalidOperationException("nobody listens"));

    /// <summary>A program that has said hello.</summary>
    internal WirePeer Join()
    {
        WirePeer peer = Connect();
        WireHeader answer = peer.Ask(WireKind.LW_WIRE_HELLO);
        return answer.Error == 0 ? peer : throw new InvalidOperationException($"refused with {answer.Error}");
    }

    internal void Stop() => server?.Dispose();

    /// <summary>Waits until that many connections have been said to be over.</summary>
    internal async Task<IReadOnlyList<ClientRequest.Leave>> LeavesAsync(int atLeast)
    {
        using CancellationTokenSource limit = new(Patience);
        while (posted.OfType<ClientRequest.Leave>().Count() < atLeast)
            await Task.Delay(1, limit.Token);
        return [.. posted.OfType<ClientRequest.Leave>()];
    }

    public void Dispose()
    {
        server?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Post(ClientRequest request, Action<ClientAnswer> answer)
    {
        if (Keeps || request is ClientRequest.Join or ClientRequest.Leave)
            posted.Enqueue(request);
        if (Apart)
            _ = Task.Run(() => answer(Answer(request)));
        else
            answer(Answer(request));
    }
}
