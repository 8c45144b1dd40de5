// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests.Serving;

public sealed class ServingTextTests
{
    private static readonly StackDetail Brief = new(Places: false, Lines: true);
    private static readonly StackDetail WithoutLines = new(Places: true, Lines: false);

    [Theory]
    [InlineData(0)]
    [InlineData(80)]
    public void BriefFramesAreFunctionsAlone(int width) => FramesOf(Brief, width).Select(frame => frame.TrimStart()).Should().Equal(
        "0 release(conn*)        [inlined]", "1 worker_main(void*)", "2 start_thread", "3 clone3+0x2c");

    [Theory]
    [InlineData(0)]
    [InlineData(80)]
    public void WithoutLinesAFrameHasItsAddress(int width) => FramesOf(WithoutLines, width).Select(frame => frame.TrimStart()).Should().Equal(
        "0 release(conn*)      0x55d0c49f1a3c  [inlined]",
        "1 worker_main(void*)  0x55d0c49f1a3c  server",
        "2 start_thread        0x7f12a4e89134  libc.so.6",
        "3 clone3+0x2c         0x7f12a4f097dc  libc.so.6");

    [Fact]
    public void TheDetailIsAskedForAtEachStack()
    {
        StackDetail detail = StackDetail.All;
        using StringWriter output = new();
        TextRenderer renderer = new(output, new TextOptions { Detail = () => detail });
        renderer.Publish(ServingScenario.Backtrace);
        detail = Brief;
        renderer.Publish(ServingScenario.Backtrace);
        string[] frames = [.. output.ToString().Split('\n').Where(line => line.Contains("worker_main", StringComparison.Ordinal))];
        frames.Should().HaveCount(2);
        frames[0].Should().Contain("server.c:140");
        frames[1].Trim().Should().Be("1 worker_main(void*)");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    public void NoLineCrossesTheWidth(int width)
    {
        MessageEvent message = ServingScenario.Mark with { Text = string.Join(' ', Enumerable.Repeat("word", 60)), ThreadName = new string('t', 15) };
        string text = Rendered.Text(new TextOptions { Width = width, FullPaths = true }, [.. ServingScenario.WholeRun, message]);
        text.Split('\n').Should().AllSatisfy(line => line.Length.Should().BeLessThanOrEqualTo(width, line));
    }

    [Fact]
    public void ANewDayIsSaidForWordsToo() =>
        Rendered.Text(ServingScenario.Mark, ServingScenario.Mark with { Time = Scenario.At(86_400) }).Should().Contain("\n-- 2026-11-23 --\nmark");

    [Fact]
    public void WordsOfAProgramCannotReachTheTerminal() =>
        Rendered.Text(ServingScenario.Mark with { Text = "\e[2J\r\nfake", ThreadName = "\a" }).Should()
            .Contain(@"\x1b[2J\x0d\x0afake").And.NotContain("\e").And.NotContain("\a");

    private static IEnumerable<string> FramesOf(StackDetail detail, int width) =>
        Rendered.Text(new TextOptions { Detail = () => detail, Width = width }, ServingScenario.Backtrace).Split('\n').Skip(1).Where(line => line.Length > 0);
}
