// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Net.Sockets;
using System.Text;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests.Recordings;

/// <summary>Source lines from a server on the loopback that takes its time: what is written meanwhile must not keep the answer from being heard.</summary>
public sealed class SourceServerTests : IDisposable
{
    private readonly RecordingFolder recordings = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public void Dispose()
    {
        listener.Dispose();
        recordings.Dispose();
    }

    [Fact]
    public async Task AnAnswerThatTakesThreeSecondsIsHeard()
    {
        string recording = await recordings.MakeAsync("10", "0");
        listener.Start();
        Task<string> asked = AnswerAsync(TimeSpan.FromSeconds(3));
        Outcome report = await Binary.RunOtherAsync(
            "env", $"DEBUGINFOD_URLS=http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", $"DEBUGINFOD_CACHE_PATH={recordings.At("cache")}",
            Binary.Location, "report", recording, "--hits", "--source", "--debuginfod");
        report.Status.Should().Be(0, report.Error);
        report.Output.Should().Contain("> 20 | line 20 of server.c");
        (await asked).Should().Contain("/source/src/demo/server.c ");
    }

    private async Task<string> AnswerAsync(TimeSpan after)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        byte[] request = new byte[4096];
        int length = await client.GetStream().ReadAsync(request);
        await Task.Delay(after);
        string lines = string.Concat(Enumerable.Range(1, 200).Select(line => $"line {line} of server.c\n"));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {lines.Length}\r\nConnection: close\r\n\r\n{lines}"));
        return Encoding.ASCII.GetString(request, 0, length);
    }
}
