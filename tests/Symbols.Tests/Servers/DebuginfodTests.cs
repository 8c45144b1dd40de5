// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Servers;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Servers;

/// <summary>A stripped program, and servers on the loopback: Debian's debuginfod, and bad ones.</summary>
public sealed class DebuginfodTests : IDisposable
{
    private const string Text = """
        volatile int g_value;
        static int only_here(int by) { g_value += by; return g_value; }
        int main(int argc, char **argv) { (void)argv; return only_here(argc) != 1; }
        """;

    private static readonly DebuginfodLimits Quick = new()
    {
        Answer = TimeSpan.FromMilliseconds(400), File = TimeSpan.FromSeconds(1), Total = TimeSpan.FromSeconds(2), LargestDebugFile = 1 << 20,
    };

    private readonly Workshop workshop = new();
    private readonly string source;
    private readonly string program;
    private readonly string debugFile;
    private readonly string buildId;

    public DebuginfodTests()
    {
        Directory.CreateDirectory(At("served"));
        source = workshop.Write("served/only.c", Text);
        program = workshop.Build("gcc", "only", ["-g", "-O0", "-Wl,--build-id=sha1"], source);
        debugFile = At("served/only.debug");
        Shell.Run("objcopy", "--only-keep-debug", program, debugFile);
        Shell.Run("strip", "-s", program);
        buildId = Shell.Run("readelf", "-n", program).Split("Build ID: ")[1].Split('\n')[0].Trim();
    }

    [Fact]
    public void SymbolsLinesAndSourceComeFromDebiansDebuginfod()
    {
        int port = FreePort();
        using Process server = Process.Start(new ProcessStartInfo("debuginfod", ["-p", $"{port}", "-d", ":memory:", "-F", At("served")])
        {
            UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, Environment = { ["DEBUGINFOD_URLS"] = "", ["HOME"] = workshop.Folder },
        })!;
        server.ErrorDataReceived += (_, _) => { };
        server.OutputDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        try
        {
            AwaitIndex(port);
            using Debuginfod servers = Servers(new DebuginfodLimits(), port);
            IReadOnlyList<string> warnings = Name(servers, out string? function, out Frame innermost);
            warnings.Should().BeEmpty();
            function.Should().StartWith("only_here");
            (innermost.Function, innermost.File, innermost.Line).Should().Be(("only_here", source, 2));
            File.ReadAllText(servers.FindSource(buildId, source)!).Should().Be(Text);
            servers.Waited.Should().BeLessThan(TimeSpan.FromSeconds(5));
        }
        finally
        {
            server.Kill();
            server.WaitForExit();
        }

        // What was fetched is kept: the server is gone.
        using Debuginfod again = Servers(Quick, port);
        again.FindDebugFile(Convert.FromHexString(buildId)).Should().NotBeNull();
        again.FindSource(buildId, source).Should().NotBeNull();
        again.TakeNotes().Should().BeEmpty();
    }

    [Fact]
    public void AFileOfAnotherBuildIsNotBelieved()
    {
        string other = workshop.Build("gcc", "other", ["-g", "-O1", "-Wl,--build-id=sha1"], source);
        using BadServer server = new(_ => Whole(File.ReadAllBytes(other)));
        using Debuginfod servers = Servers(Quick, server.Port);
        IReadOnlyList<string> warnings = Name(servers, out string? function, out Frame innermost);
        function.Should().BeNull();
        innermost.Line.Should().Be(0);
        warnings.Should().Contain(warning => warning.Contains("does not belong to", StringComparison.Ordinal));
        Directory.GetFiles(At("cache"), "debuginfo", SearchOption.AllDirectories).Should().BeEmpty("it is not kept either");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("its own build-id and nothing else")]
    public void WhatIsNoDebugFileDoesNoHarm(string what)
    {
        byte[] sent = what == "garbage" ? Encoding.ASCII.GetBytes(new string('x', 5000)) : File.ReadAllBytes(debugFile);
        if (what != "garbage")
            sent.AsSpan(0x1000).Fill(0xff); // notes come first
        using BadServer server = new(_ => Whole(sent));
        using Debuginfod servers = Servers(Quick, server.Port);
        Name(servers, out _, out Frame innermost);
        innermost.Line.Should().Be(0);
    }

    [Fact]
    public void AServerThatNeverAnswersIsAskedOnce()
    {
        using BadServer server = new(_ => null);
        using Debuginfod servers = Servers(Quick, server.Port);
        Stopwatch watch = Stopwatch.StartNew();
        servers.FindDebugFile(Convert.FromHexString(buildId)).Should().BeNull();
        for (int i = 1; i < 20; i++)
            servers.FindDebugFile([1, 2, 3, 4, (byte)i]).Should().BeNull();
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2));
        servers.TakeNotes().Should().ContainSingle().Which.Should().Contain("is not asked any more");
    }

    [Fact]
    public void AFileThatNeverEndsIsNotTaken()
    {
        using BadServer server = new(_ => [.. "HTTP/1.1 200 OK\r\n\r\n"u8, .. new byte[3 << 20]]);
        using Debuginfod servers = Servers(Quick, server.Port);
        servers.FindDebugFile(Convert.FromHexString(buildId)).Should().BeNull();
        servers.TakeNotes().Should().ContainSingle().Which.Should().Contain("larger than");
        Directory.GetFiles(At("cache"), "*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public void AFileThatComesByDropsIsGivenUp()
    {
        using BadServer server = new(_ => "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nsome"u8.ToArray());
        using Debuginfod servers = Servers(Quick, server.Port);
        Stopwatch watch = Stopwatch.StartNew();
        servers.FindSource(buildId, "/src/a.c").Should().BeNull();
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData("../../../etc", "/a.c")]
    [InlineData("ABCDEF0123", "/a.c")]
    [InlineData("abcdef0123", "a.c")]
    public void WhatIsNoBuildIdOrPathIsNotAsked(string id, string path)
    {
        using BadServer server = new(_ => throw new InvalidOperationException("it was asked"));
        using Debuginfod servers = Servers(Quick, server.Port);
        servers.FindSource(id, path).Should().BeNull();
        server.Asked.Should().BeEmpty();
    }

    [Fact]
    public void APathIsAskedForInOnePiece()
    {
        using BadServer server = new(_ => Whole("int x;\n"u8.ToArray()));
        using Debuginfod servers = Servers(Quick, server.Port);
        servers.FindSource(buildId, "/src/a b?#%.c").Should().NotBeNull();
        server.Asked.Should().Equal($"GET /buildid/{buildId}/source/src/a%20b%3F%23%25.c HTTP/1.1");
    }

    [Fact]
    public void TheEnvironmentNamesServersAndCache()
    {
        Debuginfod.FromEnvironment(_ => null, null).Should().BeNull();
        Debuginfod.FromEnvironment(name => name == "DEBUGINFOD_URLS" ? "not-a-server" : null, null).Should().BeNull();
        using Debuginfod? some = Debuginfod.FromEnvironment(name => name == "DEBUGINFOD_URLS" ? "http://a https://b" : "/nowhere", null);
        some!.Encrypts.Should().BeTrue();
    }

    public void Dispose() => workshop.Dispose();

    private string At(string name) => Path.Combine(workshop.Folder, name);

    private Debuginfod Servers(DebuginfodLimits limits, int port) => new([new Uri($"http://127.0.0.1:{port}")], At("cache"), limits);

    /// <summary>What a hit in only_here is called.</summary>
    private IReadOnlyList<string> Name(Debuginfod servers, out string? function, out Frame innermost)
    {
        using Gdb gdb = new(program);
        gdb.Ask("starti");
        ulong entry = Convert.ToUInt64(Shell.Run("nm", debugFile).Split('\n').Single(line => line.EndsWith(" only_here", StringComparison.Ordinal)).Split(' ')[0], 16);
        Mapping first = new ProcTarget(gdb.ProcessId).ReadMappings().First(mapping => mapping.Path == program);
        using TargetSymbols symbols = new(new ProcTarget(gdb.ProcessId), new SymbolOptions(servers));
        function = symbols.NameOf(first.Start + entry);
        RawHit hit = gdb.Capture();
        innermost = symbols.Unwind(new RawHit
        {
            Time = hit.Time, Process = hit.Process, Thread = hit.Thread, ThreadName = hit.ThreadName, Cpu = hit.Cpu, Slot = hit.Slot, Address = hit.Address, Origin = hit.Origin, Stack = hit.Stack,
            Registers = hit.Registers with { Rip = (first.Start + entry + 5).Value },
        }).Frames[0];
        return [.. symbols.TakeWarnings().Where(warning => warning.Contains("only", StringComparison.Ordinal) || warning.Contains("debuginfod", StringComparison.Ordinal))];
    }

    private void AwaitIndex(int port)
    {
        using HttpClient client = new();
        for (Stopwatch watch = Stopwatch.StartNew(); ; Thread.Sleep(100))
        {
            try
            {
                if (client.GetAsync(new Uri($"http://127.0.0.1:{port}/buildid/{buildId}/debuginfo")).Result.IsSuccessStatusCode)
                    return;
            }
            catch (AggregateException) when (watch.Elapsed < TimeSpan.FromSeconds(30))
            {
                // it begins
            }

            if (watch.Elapsed > TimeSpan.FromSeconds(30))
                throw new TimeoutException("debuginfod has not found the program");
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static byte[] Whole(byte[] body) => [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body];

    /// <summary>Answers each request with bytes, or never.</summary>
    private sealed class BadServer : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly List<TcpClient> clients = [];
        private readonly Func<string, byte[]?> answer;

        internal BadServer(Func<string, byte[]?> answer)
        {
            this.answer = answer;
            listener.Start();
            _ = ServeAsync();
        }

        internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        internal List<string> Asked { get; } = [];

        public void Dispose()
        {
            listener.Dispose();
            clients.ForEach(client => client.Dispose());
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    TcpClient client = await listener.AcceptTcpClientAsync();
                    clients.Add(client);
                    byte[] request = new byte[4096];
                    int length = await client.GetStream().ReadAsync(request);
                    Asked.Add(Encoding.ASCII.GetString(request, 0, length).Split("\r\n")[0]);
                    if (answer(Asked[^1]) is { } bytes)
                        await client.GetStream().WriteAsync(bytes);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // the test is over, or the client has had enough
            }
        }
    }
}
