// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Acting;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Guard;

/// <summary>The guard lets go of a stopped process for another tracer's turn, and has it again behind that; core files by gdb. None of it
/// takes debug registers.</summary>
public sealed class GuardYieldTests : IDisposable
{
    private const int Threads = 40;
    private const byte CoreType = 4; // ET_CORE, elf(5)

    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-yield-").FullName;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_process_stands_still_untraced_and_goes_on_traced(bool stoppedBefore)
    {
        using Target target = Target.Start(Tools.Compile("crowd"), Threads, 0, 0);
        using Guarded guarded = new();
        guarded.Tracer.Attach(target.Id);
        if (stoppedBefore)
            Stop(target.Id);

        guarded.Tracer.Yield(target.Id).Should().Be(0);
        AwaitStop(target.Id);
        States(target.Id).Should().HaveCount(Threads + 1).And.OnlyContain(state => state == "T (stopped)");
        Tracers(target.Id).Should().OnlyContain(tracer => tracer == "0");
        guarded.Tracer.Yield(target.Id).Should().Be(Errno.EBUSY, "it is away");

        guarded.Tracer.TakeBack(target.Id).Should().Be(0);
        Tracers(target.Id).Should().OnlyContain(tracer => tracer != "0");
        if (stoppedBefore)
        {
            ProcessTable.StateOf(target.Id).Should().BeOneOf('T', 't');
            Tools.Run("kill", "-CONT", target.Id.ToString());
        }

        target.Say("start");
        target.Say("go");
        target.Read("writes").Should().Be(Threads);
        guarded.Tracer.Detach();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whose_watching_ends_meanwhile_goes_on(bool politely)
    {
        using Target target = Target.Start(Tools.Compile("crowd"), Threads, 0, 0);
        using (Guarded guarded = new())
        {
            guarded.Tracer.Attach(target.Id);
            guarded.Tracer.Yield(target.Id).Should().Be(0);
            if (politely)
                guarded.Tracer.Detach();
        }

        target.Say("start");
        target.Say("go");
        target.Read("writes").Should().Be(Threads);
    }

    [Fact]
    public void One_that_is_killed_meanwhile_is_told_of()
    {
        using Target target = Target.Start(Tools.Compile("crowd"), Threads, 0, 0);
        using Guarded guarded = new();
        guarded.Tracer.Attach(target.Id);
        guarded.Tracer.Yield(target.Id).Should().Be(0);
        Tools.Run("kill", "-KILL", target.Id.ToString());
        guarded.Tracer.TakeBack(target.Id).Should().Be(Errno.ESRCH);
        guarded.Await<TracerEvent.Exited>().Process.Should().Be(target.Id);
    }

    [Fact]
    public void Whom_the_guard_does_not_hold_it_cannot_yield()
    {
        using Target target = Target.Start(Tools.Compile("crowd"), 1, 0, 0);
        using Guarded guarded = new();
        guarded.Tracer.Yield(target.Id).Should().Be(Errno.ESRCH);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_core_file_is_the_process_as_it_was_and_the_process_goes_on(bool guardOn)
    {
        using Target target = Target.Start(Tools.Compile("crowd"), Threads, 0, 0);
        using Guarded guarded = new();
        if (guardOn)
            guarded.Tracer.Attach(target.Id);
        using ProcessLives lives = new();
        CoreDumper dumper = new("/usr/bin/gdb", () => guarded.Tracer, lives);
        string file = Path.Combine(folder, "my core.1");
        dumper.Begin(target.Id, file).Should().BeNull();
        dumper.IsBusy(target.Id).Should().BeTrue();
        CoreFile core = Await(dumper);

        core.Should().BeEquivalentTo(new { Process = target.Id, File = file, Failure = (string?)null });
        core.Bytes.Should().Be(new FileInfo(file).Length);
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Span<byte> head = stackalloc byte[18];
        using (FileStream stream = File.OpenRead(file))
            stream.ReadExactly(head);
        (head[..4].SequenceEqual("\u007fELF"u8), head[16]).Should().Be((true, CoreType));
        string threads = Tools.Run("gdb", "-nx", "-batch", "-ex", $"core-file {file}", "-ex", "info threads");
        threads.Split('\n').Count(line => line.Contains("LWP")).Should().BeGreaterThanOrEqualTo(Threads + 1);

        dumper.Begin(target.Id, file).Should().Contain("exists");
        target.Say("start");
        target.Say("go");
        target.Read("writes").Should().Be(Threads);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_broken_off_leaves_no_file_and_nobody_stopped(bool guardOn)
    {
        using Target target = Target.Start(Tools.Compile("crowd"), Threads, 0, 0);
        using Guarded guarded = new();
        if (guardOn)
            guarded.Tracer.Attach(target.Id);
        using ProcessLives lives = new();
        lives.Add(ProcessLife.Open(target.Id));
        CoreDumper dumper = new("/usr/bin/gdb", () => guarded.Tracer, lives);
        string file = Path.Combine(folder, "core");
        dumper.Begin(target.Id, file).Should().BeNull();
        Thread.Sleep(100);
        dumper.Abandon();
        File.Exists(file).Should().BeFalse();
        dumper.IsBusy(null).Should().BeFalse();
        target.Say("start");
        target.Say("go");
        target.Read("writes").Should().Be(Threads);
    }

    [Fact]
    public void What_gdb_cannot_do_is_said()
    {
        using Guarded guarded = new();
        using ProcessLives lives = new();
        CoreDumper dumper = new("/usr/bin/gdb", () => guarded.Tracer, lives);
        string file = Path.Combine(folder, "core");
        dumper.Begin(new ProcessId(0x3ffffff), file).Should().BeNull();
        Await(dumper).Failure.Should().Be("the process has ended");
        File.Exists(file).Should().BeFalse();
        using Target target = Target.Start(Tools.Compile("crowd"), 1, 0, 0);
        using Guarded other = new();
        other.Tracer.Attach(target.Id); // whom nobody asks to yield
        dumper.Begin(target.Id, file).Should().BeNull();
        Await(dumper).Failure.Should().StartWith("gdb: ");
        dumper.Begin(new ProcessId(1), Path.Combine(folder, "nowhere", "core")).Should().Contain("nowhere");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static CoreFile Await(CoreDumper dumper)
    {
        for (int i = 0; i < 6000; i++)
        {
            if (dumper.TakeFinished() is [var core])
                return core;
            Thread.Sleep(10);
        }

        throw new TimeoutException("no core file within 60 s");
    }

    private static void Stop(ProcessId process)
    {
        Tools.Run("kill", "-STOP", process.ToString());
        AwaitStop(process);
    }

    /// <summary>A thread that is let go in its group-stop shows as running for the moment in which the kernel takes it from the one stop to the other
    /// (ptrace_stop(), do_signal_stop()).</summary>
    private static void AwaitStop(ProcessId process)
    {
        for (int i = 0; i < 1000 && States(process).Any(state => state[0] is not ('T' or 't')); i++)
            Thread.Sleep(10);
    }

    private static List<string> States(ProcessId process) => Fields(process, "State");

    private static List<string> Tracers(ProcessId process) => Fields(process, "TracerPid");

    private static List<string> Fields(ProcessId process, string name) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{process}/task")
            .Select(thread => File.ReadLines($"{thread}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim()),
    ];
}
