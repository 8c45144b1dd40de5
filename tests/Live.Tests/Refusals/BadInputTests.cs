// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Refusals;

/// <summary>Bad input: one line, exit status 2, and nothing left behind.</summary>
public sealed class BadInputTests : LiveTest
{
    // Beyond the largest pid that the kernel gives (PID_MAX_LIMIT, include/linux/threads.h).
    private const string NoSuchPid = "4194305";

    [Fact]
    public async Task NoSuchProcess()
    {
        (await RefusedAsync("attach", NoSuchPid, "--watch", "x")).Should().Contain(NoSuchPid);
        (await RefusedAsync("attach", "no-such-program-anywhere", "--watch", "x")).Should().Contain("no-such-program-anywhere");
        (await RefusedAsync("attach", "/no/such/program", "--watch", "x")).Should().Contain("/no/such/program");
    }

    [Fact]
    public async Task ADeadProcess()
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("zombie.c")));
        await RefusedAsync("attach", target.Facts.Word("child"), "--watch", "0x1000:8");
        target.Open();
    }

    [Fact]
    public async Task NothingToWatch()
    {
        var target = await StartSteadyAsync();
        await RefusedAsync("attach", $"{target.Id}");
        await CheckUntouchedAsync(target);
    }

    [Fact]
    public async Task AnExpressionThatDoesNotResolveGivesTheNearestNames()
    {
        var target = await StartSteadyAsync();
        (await RefusedAsync("attach", $"{target.Id}", "--watch", "g_steaddy")).Should().Contain("g_steaddy").And.Contain("g_steady");
        await CheckUntouchedAsync(target);
    }

    [Theory]
    [InlineData("g_steady[")]
    [InlineData("g_steady->x")]
    [InlineData("g_steady.x")]
    [InlineData("*(no_such_type *)0x1000")]
    [InlineData("")]
    [InlineData("0x10:0")]
    public async Task AnExpressionThatMeansNothing(string expression)
    {
        var target = await StartSteadyAsync();
        await RefusedAsync("attach", $"{target.Id}", "--watch", expression);
        await CheckUntouchedAsync(target);
    }

    [Theory]
    [InlineData("0x10:8")]
    [InlineData("*(long *)0x10")]
    [InlineData("0xffffffff81000000:8")]
    public async Task AnAddressThatIsNotMapped(string expression)
    {
        var target = await StartSteadyAsync();
        (await RefusedAsync("attach", $"{target.Id}", "--watch", expression)).Should().Contain("0x");
        await CheckUntouchedAsync(target);
    }

    [Fact]
    public async Task MoreThanFourSlots()
    {
        var target = await StartSteadyAsync();
        var address = Convert.ToUInt64(target.Facts.Address("g_steady"), 16);
        await RefusedAsync("attach", $"{target.Id}", "--watch", $"0x{address & ~0xfful:x}:40");
        await RefusedAsync("attach", $"{target.Id}", "--watch", $"0x{(address & ~0xfful) + 1:x}:32");
        await RefusedAsync(
            ["attach", $"{target.Id}", .. Enumerable.Range(0, 5).SelectMany(i => new[] { "--watch", $"0x{address + (ulong)(8 * i):x}:8" })]);
        await CheckUntouchedAsync(target);
    }

    [Fact]
    public async Task SlotsThatSomebodyElseHoldsAreNamed()
    {
        var target = await StartSteadyAsync();
        var holder = await StartTargetAsync(
            await Toolchain.BuildAsync(new Recipe("holder.c")), $"{target.Id}", target.Facts.Address("g_steady"), "3");
        var line = await RefusedAsync(
            "attach", $"{target.Id}", "--watch", "g_steady", "--awatch", "g_steady", "--guard", "off", "--scope", "task", "--format", "json", "--output", NewPath("jsonl"));
        line.Should().Contain($"{holder.Id}", "it says who holds them");
        holder.Open();
        await holder.EndAsync(Limit);
        await CheckUntouchedAsync(target);
    }

    [Fact]
    public async Task AnOutputFileThatCannotBeWritten()
    {
        var target = await StartSteadyAsync();
        (await RefusedAsync("attach", $"{target.Id}", "--watch", "g_steady", "--output", "/no/such/folder/file"))
            .Should().Contain("/no/such/folder/file");
        await RefusedAsync("attach", $"{target.Id}", "--watch", "g_steady", "--output", "/");
        await CheckUntouchedAsync(target);
    }

    [Theory]
    [InlineData("--scope", "galaxy")]
    [InlineData("--backend", "magic")]
    [InlineData("--guard", "maybe")]
    [InlineData("--format", "xml")]
    [InlineData("--color", "pink")]
    [InlineData("--for", "soon")]
    [InlineData("--max-hits", "0")]
    [InlineData("--stack-bytes", "-1")]
    [InlineData("--len", "0")]
    [InlineData("--no-such-option", "1")]
    public async Task AnOptionThatMakesNoSense(string option, string value)
    {
        var target = await StartSteadyAsync();
        await RefusedAsync("attach", $"{target.Id}", "--watch", "g_steady", option, value);
        await CheckUntouchedAsync(target);
    }

    [Fact]
    public async Task AProgramThatCannotBeStarted()
    {
        (await RefusedAsync("run", "--watch", "x", "--", "/no/such/program")).Should().Contain("/no/such/program");
        (await RefusedAsync("run", "--watch", "x", "--", "/etc/passwd")).Should().Contain("/etc/passwd");
        await RefusedAsync("run", "--watch", "x", "--", "/");
        await RefusedAsync("run", "--watch", "x");
    }

    private async Task<Target> StartSteadyAsync() => await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), "1000");

    // The target goes on, nobody traces it, and all four slots are free.
    private async Task CheckUntouchedAsync(Target target)
    {
        target.IsAlive.Should().BeTrue();
        ProcFile.TracerOf(target.Id).Should().Be(0);
        var address = Convert.ToUInt64(target.Facts.Address("g_steady"), 16);
        var attachment = StartAttach(
            $"{target.Id}", ["--max-hits", "3", "--watch", "g_steady", .. Enumerable.Range(1, 3).SelectMany(i => new[] { "--watch", $"0x{address + (ulong)(8 * i):x}:8" })]);
        (await attachment.EndAsync(Limit)).Hits.Should().HaveCount(3);
        await target.Process.SignalAsync("TERM");
        await target.EndAsync(Limit);
    }
}
