// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Text;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Doctor.Tests.Running;

/// <summary>What a program has said, and how it ended.</summary>
internal sealed record Outcome(int Status, string Output, string Errors);

/// <summary>A folder of its own, C programs on demand, and the certainty that nothing stays behind.</summary>
public abstract class DoctorTest : IAsyncLifetime
{
    private const string MarkName = "LW_DOCTOR_TEST";

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly List<Process> _started = [];

    private protected static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("livewatcher-doctor-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started.Where(process => !process.HasExited))
        {
            process.Kill();
        }

        IReadOnlyList<string> left = [];
        for (var end = DateTime.UtcNow + TimeSpan.FromSeconds(5); DateTime.UtcNow < end; await Task.Delay(20))
        {
            left = [.. Marked().Select(NameOf)];
            if (left.Count == 0)
            {
                break;
            }
        }

        _started.ForEach(process => process.Dispose());
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
        left.Should().BeEmpty("no process outlives doctor");
    }

    /// <summary>Starts a program that inherits the mark of this test.</summary>
    private protected Process Start(string file, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment[MarkName] = _mark;
        var process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }

    private protected async Task<Outcome> RunAsync(string file, params IReadOnlyList<string> arguments)
    {
        var process = Start(file, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit);
        return new Outcome(process.ExitCode, await output, await errors);
    }

    /// <summary>Compiles one of tests/Doctor.Tests/programs.</summary>
    private protected async Task<string> CompileAsync(string source, params IReadOnlyList<string> flags)
    {
        var program = Path.Combine(Folder, Path.GetFileNameWithoutExtension(source));
        var outcome = await RunAsync("gcc", [.. flags, "-O1", "-o", program, Repository.File("tests", "Doctor.Tests", "programs", source)]);
        outcome.Status.Should().Be(0, outcome.Errors);
        return program;
    }

    /// <summary>A copy of livewatcher that everybody may execute; the source tree may be root's own.</summary>
    private protected string CopyForEverybody()
    {
        const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        var copy = Path.Combine(Folder, "livewatcher");
        File.Copy(Repository.Livewatcher, copy);
        File.SetUnixFileMode(copy, Everybody);
        File.SetUnixFileMode(Folder, Everybody);
        return copy;
    }

    /// <summary>Processes that descend from what this test has started, by their environment.</summary>
    private protected IEnumerable<int> Marked()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && pid != Environment.ProcessId && TryRead($"{folder}/environ").Contains($"{MarkName}={_mark}", StringComparison.Ordinal))
            {
                yield return pid;
            }
        }
    }

    private protected static string NameOf(int pid) => TryRead($"/proc/{pid}/comm").TrimEnd('\n');

    /// <summary>Whether debug registers trap on this machine, found by a program that is no part of livewatcher. Some virtual
    /// machines hand them out and never deliver a trap.</summary>
    private protected async Task<bool> RegistersTrapAsync()
    {
        var outcome = await RunAsync(await CompileAsync("registers.c"));
        outcome.Status.Should().Be(0, outcome.Errors);
        return outcome.Output.Trim() != "0";
    }

    private protected async Task NeedsRegistersAsync() =>
        Assert.SkipUnless(await RegistersTrapAsync(), "needs debug registers that trap: on this machine a program of our own saw 0 of its 16 watched writes");

    private protected static void NeedsRoot() =>
        Assert.SkipUnless(Environment.UserName == "root", "needs root: it changes users, mounts and the debug registers of whole CPUs");

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // gone, or another user's
        }
    }
}
