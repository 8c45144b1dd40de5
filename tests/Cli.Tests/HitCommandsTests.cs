// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Cli.Acting;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Cli.Tests;

/// <summary>Real commands, for a hit of the test's own making.</summary>
public sealed class HitCommandsTests
{
    [Fact]
    public async Task ACommandIsToldOfTheHitAndOnlyAFewRunAtATime()
    {
        string folder = Directory.CreateTempSubdirectory("livewatcher-cli-").FullName;
        try
        {
            using HitCommands commands = new();
            Hit hit = MakeHit();
            string told = Path.Combine(folder, "told");
            CommandStart first = commands.Run($"{{ echo $LIVEWATCHER_WATCH $LIVEWATCHER_NEW ${{LIVEWATCHER_CPU-none}}; cat; }} >{told}.part; mv {told}.part {told}", hit);
            first.Process.Should().BePositive();
            await AwaitAsync(() => File.Exists(told));
            string[] lines = await File.ReadAllLinesAsync(told, TestContext.Current.CancellationToken);
            lines[0].Should().Be("g_x 7 none");
            JsonElement.Parse(lines[1]).GetProperty("seq").GetInt64().Should().Be(3);

            string gate = Path.Combine(folder, "gate");
            CommandStart[] waiting = [.. Enumerable.Range(0, 6).Select(_ => commands.Run($"i=0; while [ -d {folder} ] && ! [ -e {gate} ] && [ $i -lt 600 ]; do i=$((i + 1)); sleep 0.1; done", hit))];
            waiting.Count(one => one.Process is not null).Should().BeInRange(3, 4, "the first may not have been seen to end");
            waiting[^1].Should().Be(new CommandStart(null, null));
            await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
            await AwaitAsync(() => commands.Run("true", hit).Process is not null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AwaitAsync(Func<bool> holds)
    {
        bool held = holds(); // asked no more once it is true: asking may start a command
        for (int i = 0; i < 600 && !held; i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            held = holds();
        }

        held.Should().BeTrue();
    }

    private static Hit MakeHit() => new()
    {
        Sequence = 3,
        Time = DateTimeOffset.UnixEpoch,
        Watch = new Watch(new WatchRequest("g_x", AccessMode.Write), new Address(0x1000), 4, NoFormat.Instance, null, null),
        Address = new Address(0x1000),
        New = new Value(ValueKind.Integer, "7", 7),
        Process = new ProcessId(12),
        Stack = CallStack.Empty,
    };
}
