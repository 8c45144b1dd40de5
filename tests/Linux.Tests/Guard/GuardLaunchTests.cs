// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Scheduling;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Guard;

public sealed class GuardLaunchTests
{
    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    public void A_started_program_is_armed_before_its_first_instruction(string backend)
    {
        string program = Tools.Compile("early", "-no-pie");
        using Guarded guarded = new(backend, launch: new LaunchRequest(program, ["early"], []));
        guarded.Arm(guarded.Started, AddressOf(program, "g_watched")).Should().Be(1);
        guarded.Tracer.Release(guarded.Started);
        TracerEvent.Exited exited = guarded.Await<TracerEvent.Exited>();
        (_, RawHit[] hits, int recovered) = guarded.Finish(guarded.Started);

        (hits.Length + recovered).Should().Be(5 + 7 + 11, "from the constructor, from main, from a thread");
        exited.Status.Should().Be(3 << 8);
        if (backend == "bpf")
            hits.Select(hit => hit.New).Concat(guarded.Recovered.Select(hit => (ulong?)hit.Values[0].New)).Order().Should().Equal(Enumerable.Range(1, 23).Select(i => (ulong?)i));
    }

    [Theory]
    [InlineData("exit 7", 7 << 8)]
    [InlineData("kill -TERM $$", 15)]
    [InlineData("kill -SEGV $$", 11)]
    [InlineData("test \"$1\" = 'a b' && test \"$COLOUR\" = blue && exit 4", 4 << 8)]
    public void The_exit_status_is_reported_as_wait_gives_it(string script, int status)
    {
        using Guarded guarded = new(launch: new LaunchRequest("/bin/sh", ["sh", "-c", script, "sh", "a b"], ["COLOUR=blue", "PATH=/usr/bin:/bin"]));
        guarded.Tracer.Release(guarded.Started);

        int got = guarded.Await<TracerEvent.Exited>().Status;

        (got & ~0x80).Should().Be(status, "but for the core dump's bit");
    }

    /// <summary>Threads wait for the guard, so it goes before others; the program is as nice as it would be without.</summary>
    [Fact]
    public void The_guard_goes_before_others_and_the_program_does_not()
    {
        string niceness = Tools.Run("nice").Trim();
        using Guarded guarded = new(launch: new LaunchRequest("/bin/sh", ["sh", "-c", $"test \"$(nice)\" = {niceness} && exit 4"], ["PATH=/usr/bin:/bin"]));
        int guard = Registers.TracerOf(guarded.Started);
        ulong programsSlice = Priorities.SliceOf(guarded.Started.Value);
        guarded.Tracer.Release(guarded.Started);

        guarded.Await<TracerEvent.Exited>().Status.Should().Be(4 << 8);
        Priorities.NicenessOf(guard).Should().Be(-15, "these tests run as root");
        Priorities.SliceOf(guard).Should().Be(programsSlice == 0 ? 0 : OwnNiceness.Slice, "whoever wakes goes first, where the kernel knows of that");
        programsSlice.Should().Be(Priorities.SliceOf(1), "the usual one");
    }

    /// <summary>A machine may be so busy that we are less nice still.</summary>
    [Fact]
    public void The_guard_is_no_nicer_than_who_starts_it()
    {
        int given = Priorities.NicenessOf(0);
        Priorities.SetNiceness(0, -18).Should().Be(0, "these tests run as root");
        try
        {
            using Guarded guarded = new(launch: new LaunchRequest("/bin/true", ["true"], []));
            Priorities.NicenessOf(Registers.TracerOf(guarded.Started)).Should().Be(-18);
            guarded.Tracer.Release(guarded.Started);
            guarded.Await<TracerEvent.Exited>();
        }
        finally
        {
            _ = Priorities.SetNiceness(0, given);
        }
    }

    [Fact]
    public void A_program_that_is_let_go_runs_on_and_its_end_is_still_reported()
    {
        using Guarded guarded = new(launch: new LaunchRequest("/bin/sh", ["sh", "-c", "sleep 0.3; exit 6"], ["PATH=/usr/bin:/bin"]));
        guarded.Tracer.Release(guarded.Started);
        guarded.Tracer.Detach();
        Registers.TracerOf(guarded.Started).Should().Be(0);

        guarded.Await<TracerEvent.Exited>().Status.Should().Be(6 << 8);
    }

    [Theory]
    [InlineData("/nonexistent/program", "ENOENT")]
    [InlineData("/etc/passwd", "EACCES")]
    [InlineData("/", "EACCES")]
    public void What_cannot_be_started_says_why(string path, string errno)
    {
        Action start = () => new Guarded(launch: new LaunchRequest(path, [path], [])).Dispose();

        start.Should().Throw<UserException>().WithMessage($"*{path}*{errno}*");
    }

    /// <summary>What a shell would hand down, the guard hands down: the guard's own settings are its own.</summary>
    [Fact]
    public void A_started_program_has_the_surroundings_of_its_parent()
    {
        string ours = Path.GetTempFileName();
        string theirs = Path.GetTempFileName();
        const string script = "ulimit -Sn; grep -E '^(SigBlk|SigIgn)' /proc/self/status; ls /proc/self/fd | wc -l";
        Tools.Run("sh", "-c", $"({script}) > {ours}");
        using Guarded guarded = new(launch: new LaunchRequest("/bin/sh", ["sh", "-c", $"({script}) > {theirs}"], ["PATH=/usr/bin:/bin"]));
        guarded.Tracer.Release(guarded.Started);
        guarded.Await<TracerEvent.Exited>().Status.Should().Be(0);

        // .NET hides from us whether its own starter had SIGPIPE ignored, hands that down, and we do not; the rest must be alike.
        Regex ignoredPipe = new("^(?<others>SigIgn:\\s+[0-9a-f]+)1000$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        File.ReadAllText(theirs).Should().Be(ignoredPipe.Replace(File.ReadAllText(ours), "${others}0000"));
    }

    [Fact]
    public void An_exec_is_held_and_the_new_program_can_be_armed()
    {
        string program = Tools.Compile("reexec", "-no-pie");
        using Guarded guarded = new(launch: new LaunchRequest(program, ["reexec"], []));
        Address watched = AddressOf(program, "g_watched");
        guarded.Arm(guarded.Started, watched);
        guarded.Tracer.Release(guarded.Started);

        guarded.Await<TracerEvent.Executed>().Process.Should().Be(guarded.Started, "the thread that execs takes over the first one's number");
        guarded.Arming.Disarm(guarded.Started, [0]);
        guarded.Arm(guarded.Started, watched).Should().Be(1, "the others are gone");
        guarded.Tracer.Release(guarded.Started);
        guarded.Await<TracerEvent.Exited>().Status.Should().Be(5 << 8);
        (_, RawHit[] hits, int recovered) = guarded.Finish(guarded.Started);

        (hits.Length + recovered).Should().Be(20);
        guarded.Events.OfType<TracerEvent.Exiting>().Should().ContainSingle("the last thread is held at its exit");
    }

    /// <summary>By nm(1); the program is not position-independent.</summary>
    private static Address AddressOf(string program, string symbol)
    {
        string line = Tools.Run("nm", program).Split('\n').Single(line => line.EndsWith($" {symbol}", StringComparison.Ordinal));
        return new Address(ulong.Parse(line.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
