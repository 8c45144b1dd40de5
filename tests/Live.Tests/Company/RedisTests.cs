// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Company;

/// <summary>A server as the distribution packages it, under load from its own client: attached to and detached from again and
/// again, it answers all the while.</summary>
public sealed class RedisTests : LiveTest
{
    private const string Port = "16391";

    [Fact]
    [Trait(Slow.Category, Slow.Name)]
    public async Task RedisAnswersThroughoutManyAttachments()
    {
        var times = Slow.Choose(10, 100);
        var server = Start("redis-server", ["--port", Port, "--save", "", "--appendonly", "no", "--io-threads", "2", "--daemonize", "no"]);
        await Patience.UntilAsync(
            () => server.Output.Contains("Ready to accept connections", StringComparison.Ordinal), Limit, () => server.Describe("not ready"));
        // One kind of request: others leave some counters alone, for as long as a hundred thousand of them take.
        var load = Start("redis-benchmark", ["-p", Port, "-q", "-l", "-t", "set", "-c", "4"]);
        var counter = await FindCounterAsync(server.Id);
        for (var i = 0; i < times; i++)
        {
            var before = BinaryPrimitives.ReadInt64LittleEndian(ReadMemory(server.Id, counter, 8));
            var attachment = StartAttach($"{server.Id}", "--watch", $"0x{counter:x}:8", "--max-hits", "50", "--for", "5s");
            while (!attachment.Process.HasExited)
            {
                await CheckAnswerAsync(server);
            }

            var report = await attachment.EndAsync(Limit);
            var after = BinaryPrimitives.ReadInt64LittleEndian(ReadMemory(server.Id, counter, 8));
            report.Hits.Should().NotBeEmpty($"it went from {before} to {after}, round {i + 1}: {File.ReadAllText(attachment.OutputPath)}");
            report.Hits.Should().OnlyContain(hit => hit.Pid == server.Id && hit.Stack.Count > 0 && hit.Instruction != null);
            ProcFile.TracerOf(server.Id).Should().Be(0);
        }

        load.HasExited.Should().BeFalse(load.Describe("the load must not end early"));
        await CheckAnswerAsync(server);
    }

    private static async Task CheckAnswerAsync(Child server)
    {
        server.HasExited.Should().BeFalse(server.Describe("the server died"));
        (await Child.RunAsync("redis-cli", ["-p", Port, "ping"], Limit)).Trim().Should().Be("PONG");
    }

    // A statistics counter in the server's own data: a word that grows under load, a little from look to look.
    private static async Task<ulong> FindCounterAsync(int pid)
    {
        var regions = OwnData(pid);
        regions.Should().NotBeEmpty("the server has data of its own");
        var looks = new List<List<byte[]>>();
        for (var look = 0; look < 4; look++)
        {
            looks.Add([.. regions.Select(region => ReadMemory(pid, region[0], (int)(region[1] - region[0])))]);
            await Task.Delay(100);
        }

        for (var region = 0; region < regions.Count; region++)
        {
            for (var at = 0; at + 8 <= looks[0][region].Length; at += 8)
            {
                var values = looks.Select(look => BinaryPrimitives.ReadInt64LittleEndian(look[region].AsSpan(at))).ToList();
                var steps = values.Zip(values.Skip(1), (left, right) => right - left).ToList();
                if (steps.All(step => step is > 100 and < 1_000_000))
                {
                    return regions[region][0] + (ulong)at;
                }
            }
        }

        throw new InvalidOperationException("Nothing in the server's data grows under load.");
    }

    // .data is mapped from the executable, .bss follows it without a name.
    private static List<ulong[]> OwnData(int pid)
    {
        var executable = new FileInfo($"/proc/{pid}/exe").LinkTarget!;
        var regions = new List<ulong[]>();
        ulong end = 0;
        foreach (var line in File.ReadLines($"/proc/{pid}/maps"))
        {
            var range = line.Split(' ')[0].Split('-').Select(part => ulong.Parse(part, NumberStyles.HexNumber)).ToArray();
            var named = line.EndsWith(executable, StringComparison.Ordinal);
            if ((named || range[0] == end) && line.Contains(" rw-p ", StringComparison.Ordinal))
            {
                regions.Add(range);
            }

            end = named ? range[1] : 0;
        }

        return regions;
    }

    private static byte[] ReadMemory(int pid, ulong address, int length)
    {
        using var memory = new FileStream($"/proc/{pid}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        memory.Seek((long)address, SeekOrigin.Begin);
        var bytes = new byte[length];
        memory.ReadExactly(bytes);
        return bytes;
    }
}
