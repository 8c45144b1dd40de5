// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Naming;

/// <summary>setenv(3) is not safe beside threads that read the environment.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessEnvironment
{
    public const string Name = "process environment";
}

/// <summary>Servers are asked only by those who want that.</summary>
[Collection(ProcessEnvironment.Name)]
public sealed partial class DebuginfodTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServersAreAskedOnRequestOnly(bool use)
    {
        Assert.SkipUnless(!use || NativeLibrary.TryLoad("libdebuginfod.so.1", out _), "libdebuginfod1 is not installed");
        using var workshop = new Workshop();
        var program = workshop.Build("gcc", "plain", ["-Wl,--build-id=sha1"], workshop.Write("plain.c", "int main(void) { return 0; }\n"));
        Shell.Run("strip", "-s", program);
        using var gdb = new Gdb(program);
        gdb.Ask("starti");
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var asked = 0;
        using var end = new CancellationTokenSource();
        var answering = AnswerNotFound(server, () => asked++, end.Token);
        try
        {
            _ = SetEnvironment("DEBUGINFOD_URLS", $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}", 1);
            _ = SetEnvironment("DEBUGINFOD_CACHE_PATH", workshop.Folder, 1);
            using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId), new SymbolOptions(UseDebuginfod: use));

            // The dynamic loader's first instruction: its debug file is looked for, and the program's with its name.
            symbols.Unwind(gdb.Capture());
            var mapped = new ProcTarget(gdb.ProcessId).ReadMappings().First(mapping => mapping.Path == program && mapping.Executable);
            symbols.NameOf(mapped.Start);
        }
        finally
        {
            _ = UnsetEnvironment("DEBUGINFOD_URLS");
            _ = UnsetEnvironment("DEBUGINFOD_CACHE_PATH");
            await end.CancelAsync();
            await answering;
        }

        (asked > 0).Should().Be(use);
    }

    private static async Task AnswerNotFound(TcpListener server, Action onRequest, CancellationToken end)
    {
        try
        {
            while (true)
            {
                using var client = await server.AcceptTcpClientAsync(end);
                onRequest();
                await client.GetStream().WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), end);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc.so.6", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnvironment(string name);
}
