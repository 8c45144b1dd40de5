// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Linux.Acting;

/// <summary>Core files by gdb(1), which holds the process by ptrace(2) for as long as it writes: whatever kills gdb or us, it runs on. A
/// process has one tracer, so the guard lets go of it meanwhile (native/guard/yielding.h).</summary>
/// <param name="gdb">Its path.</param>
/// <param name="guard">The guard; null where there is none.</param>
/// <param name="lives">The processes that are watched.</param>
public sealed class CoreDumper(string gdb, Func<GuardTracer?> guard, ProcessLives lives) : ICoreDumper
{
    private const int SIGCONT = 18;
    private const int SIGKILL = 9;
    private const int SignalMask = 0x7f;

    private readonly Dictionary<ProcessId, Writing> writing = [];

    public bool IsBusy(ProcessId? process) => process is { } one ? writing.ContainsKey(one) : writing.Count > 0;

    public string? Begin(ProcessId process, string file)
    {
        try
        {
            new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, // gdb keeps it: it is what the program has in memory
            }).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e.Message;
        }

        bool wasStopped = ProcessTable.StateOf(process) is 'T' or 't';
        Stopwatch standing = Stopwatch.StartNew();
        int refusal = guard()?.Yield(process) ?? Errno.ESRCH;
        string? failure = refusal is 0 or Errno.ESRCH ? null
            : $"the guard could not stop it: {Errno.Describe(refusal)}; it is being armed, has just executed another program, or a thread of it does not stop";
        if (failure is null && Start(process, file, out failure) is { } started)
        {
            writing[process] = started with { Yielded = refusal == 0, WasStopped = wasStopped, Standing = standing };
            return null;
        }

        if (refusal == 0)
            guard()?.TakeBack(process);
        File.Delete(file);
        return failure;
    }

    public IReadOnlyList<CoreFile> TakeFinished()
    {
        if (writing.Count == 0)
            return [];
        List<CoreFile> finished = [];
        foreach ((ProcessId process, Writing one) in writing.ToList())
        {
            if (ChildStart.HasEnded(one.Debugger, out int status))
                finished.Add(Finish(process, one, status));
        }

        return finished;
    }

    public void Abandon()
    {
        foreach ((ProcessId process, Writing one) in writing.ToList())
        {
            _ = Libc.Kill(one.Debugger, SIGKILL);
            Finish(process, one, ChildStart.AwaitEnd(one.Debugger));
            File.Delete(one.File);
        }
    }

    private Writing? Start(ProcessId process, string file, out string? failure)
    {
        if (ChildStart.Pipe(out failure) is not (var read, var write))
            return null;
        using (write)
        using (SafeFileHandle nothing = File.OpenHandle("/dev/null"))
        {
            // Nobody's scripts, no symbols, no words about thousands of threads.
            string[] arguments =
            [
                "gdb", "--nx", "--batch", "--readnever", "-iex", "set auto-load no", "-iex", "set debuginfod enabled off",
                "-ex", "set print thread-events off", "-ex", $"attach {process}", "-ex", $"gcore {file}", "-ex", "detach",
            ];
            int errno = ChildStart.Spawn(gdb, arguments, OwnEnvironment.Entries, [nothing, write, write], ownGroup: true, out int debugger);
            if (errno == 0)
                return new Writing(debugger, file, Task.Run(() => LastLine(read)));
            failure = $"{gdb}: {Errno.Describe(errno)}";
            read.Dispose();
            return null;
        }
    }

    /// <param name="process">Whose core file it is.</param>
    /// <param name="one">The writing.</param>
    /// <param name="status">gdb's, as wait(2) gives it.</param>
    private CoreFile Finish(ProcessId process, Writing one, int status)
    {
        writing.Remove(process);
        if (one.Yielded)
            guard()?.TakeBack(process);
        else if (!one.WasStopped && ((status & SignalMask) != 0 || ProcessTable.StateOf(process) == 'T'))
            lives.Signal(process, thread: null, SIGCONT); // gdb was killed: the stops that it had asked for may be still to come, and SIGCONT takes them back too
        TimeSpan took = one.Standing.Elapsed;
        long bytes = new FileInfo(one.File) is { Exists: true } made ? made.Length : 0;
        if (bytes > 0)
            return new CoreFile(process, one.File, bytes, took, null);
        File.Delete(one.File);
        if (!ProcessTable.IsAlive(process))
            return new CoreFile(process, one.File, 0, took, "the process has ended");
        string said = one.Said.Wait(TimeSpan.FromSeconds(1)) ? one.Said.Result : "";
        return new CoreFile(process, one.File, 0, took, said.Length > 0 ? $"gdb: {said}" : "gdb has written nothing");
    }

    /// <summary>What it says last is why it could not.</summary>
    private static string LastLine(SafeFileHandle from)
    {
        using StreamReader output = new(new FileStream(from, FileAccess.Read));
        string last = "";
        while (output.ReadLine() is { } line)
            last = line.Length > 0 && !line.StartsWith("[Inferior", StringComparison.Ordinal) ? line : last;
        return last;
    }

    private sealed record Writing(int Debugger, string File, Task<string> Said)
    {
        public bool Yielded { get; init; }

        public bool WasStopped { get; init; }

        public Stopwatch Standing { get; init; } = new();
    }
}
