// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Endings;

/// <summary>"run" passes the program's standard streams through untouched.</summary>
public sealed class StreamTests : LiveTest
{
    [Fact]
    public async Task StandardStreamsArePassedThroughByteByByte()
    {
        var input = new byte[1_000_003];
        new Random(1).NextBytes(input);
        var output = NewPath("jsonl");
        var program = await Toolchain.BuildAsync(new Recipe("pipe.c"));
        var child = Start(
            Repository.Livewatcher, ["run", "--format", "json", "--output", output, "--watch", "g_copied", "--", program], input);
        (await child.ExitAsync(Limit)).Should().Be(0);
        child.OutputBytes.AsSpan().SequenceEqual(input).Should().BeTrue("what goes in comes out");
        child.Errors.Should().Be($"copied {input.Length}\n", "with --output, nothing of ours goes to standard error");
    }

    [Fact]
    public async Task TextGoesToStandardErrorAndIsPlainInAPipe()
    {
        var program = await Toolchain.BuildAsync(new Recipe("end.c"));
        var child = StartLivewatcher("run", "--watch", "g_last", "--", program, "5");
        (await child.ExitAsync(Limit)).Should().Be(5);
        child.Output.Should().BeEmpty();
        child.Errors.Should().Contain("write_last").And.Contain($"end.c:{Source.Line("end.c", "write_last")}").And.Contain("0 -> 1");
        child.Errors.Should().NotContain("\e", "a pipe gets no colours");
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task AReaderThatGoesEndsTheWatching(string format)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), $"{10_000 * Emulation.Slowness}", "600");
        var child = Start("sh", ["-c", $"{Repository.Livewatcher} attach {target.Id} --watch g_steady --format {format} | head -n 1"]);
        (await child.ExitAsync(Limit)).Should().Be(0, child.Describe("head has what it wants"));
        child.Errors.Should().Contain("EPIPE");
        target.IsAlive.Should().BeTrue();
        await target.Process.SignalAsync("TERM");
        await target.EndAsync(Limit);
    }

    [Fact]
    [Trait(Slow.Category, Slow.Name)]
    public async Task WithFewDescriptorsItWatchesOrSaysWhyNot()
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), $"{10_000 * Emulation.Slowness}", "600");
        for (var limit = 8; limit <= 32; limit += Slow.Choose(8, 2))
        {
            var child = Start("sh", ["-c", $"ulimit -n {limit}; exec {Repository.Livewatcher} attach {target.Id} --watch g_steady --max-hits 2 --guard off"]);
            var status = await child.ExitAsync(Limit);
            status.Should().BeOneOf([0, 2], child.Describe($"{limit} descriptors"));
            child.Errors.Should().NotContain("   at ", "no stack of ours is shown");
        }

        target.IsAlive.Should().BeTrue();
        await target.Process.SignalAsync("TERM");
        await target.EndAsync(Limit);
    }

    [Fact]
    public async Task SourceLinesAreShownOnRequest()
    {
        var program = await Toolchain.BuildAsync(new Recipe("end.c"));
        var child = StartLivewatcher("run", "--source", "--color", "always", "--watch", "g_last", "--", program, "0");
        (await child.ExitAsync(Limit)).Should().Be(0);
        child.Errors.Should().Contain("g_last = 1;").And.Contain("*next = 1;", "its neighbours are shown too").And.Contain("\e[");
    }
}
