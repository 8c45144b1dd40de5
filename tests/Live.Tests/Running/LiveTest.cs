// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Xunit;

namespace Livewatcher.Live.Tests.Running;

/// <summary>What every Live test needs: the binary, programs to watch, a folder, and the certainty that nothing of it stays
/// behind. Each wait is limited, and with it each test.</summary>
public abstract class LiveTest : IAsyncLifetime
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RefusalLimit = TimeSpan.FromSeconds(15 * Emulation.Slowness);

    // Inherited by everything that this test starts, so that orphans are found too.
    private readonly string _mark = "LW_LIVE_TEST=" + Guid.NewGuid().ToString("N");
    private readonly List<Child> _children = [];
    private int _files;

    private protected static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30 * Emulation.Slowness);

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("livewatcher-live-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children)
        {
            await child.DisposeAsync();
        }

        var leftBehind = await LeftBehindAsync();
        foreach (var pid in ProcFile.WithEnvironment(_mark))
        {
            await Child.RunAsync("sh", ["-c", $"kill -9 {pid} || true"], Limit);
        }

        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
        leftBehind.Should().BeEmpty("no process of livewatcher outlives it");
    }

    private protected string NewPath(string extension) => Path.Combine(Folder, $"{++_files}.{extension}");

    /// <summary>Starts a command on a terminal of its own, script(1)'s; its status is the command's.</summary>
    /// <param name="command">Without anything that a shell would take for its own.</param>
    /// <param name="typescript">Gets what the terminal shows, as it comes.</param>
    private protected Child StartOnTerminal(IEnumerable<string> command, string typescript) =>
        Start("script", ["--quiet", "--return", "--flush", "--command", "exec " + string.Join(' ', command), typescript]);

    /// <summary>Starts a process of this test.</summary>
    private protected Child Start(
        string file, IReadOnlyList<string> arguments, byte[]? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var all = new Dictionary<string, string>(environment ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        var mark = _mark.Split('=');
        all[mark[0]] = mark[1];
        var child = Child.Start(file, arguments, all, input, Folder);
        _children.Add(child);
        return child;
    }

    /// <summary>Starts livewatcher with exactly these arguments.</summary>
    private protected Child StartLivewatcher(params IReadOnlyList<string> arguments) => Start(Repository.Livewatcher, arguments);

    /// <summary>"livewatcher run OPTIONS -- PROGRAM ARGUMENTS" from start to end.</summary>
    private protected async Task<Run> RunAsync(string program, IReadOnlyList<string> options, params IReadOnlyList<string> arguments)
    {
        var watching = StartRun(program, options, arguments);
        var (child, output) = (watching.Process, watching.OutputPath);
        var status = await child.ExitAsync(Limit);
        File.Exists(output).Should().BeTrue(child.Describe($"no output, exit status {status}"));
        var report = Report.Read(output);
        report.LastLine.Should().NotBeNull(child.Describe($"no coverage, exit status {status}"));
        Consistency.Check(report);
        return new Run(status, report, new Facts(child.Output), child);
    }

    /// <summary>Starts "livewatcher run OPTIONS -- PROGRAM ARGUMENTS".</summary>
    private protected Attachment StartRun(string program, IReadOnlyList<string> options, params IReadOnlyList<string> arguments)
    {
        var output = NewPath("jsonl");
        return new Attachment(
            StartLivewatcher(["run", "--format", "json", "--output", output, .. Emulation.Options(options), .. options, "--", program, .. arguments]), output);
    }

    /// <summary>Starts a program by itself and waits until it says "ready".</summary>
    private protected async Task<Target> StartTargetAsync(string program, params IReadOnlyList<string> arguments)
    {
        var gate = NewPath("gate");
        var target = new Target(Start(program, arguments, environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["LW_GATE"] = gate }), gate);
        await target.ReadyAsync();
        return target;
    }

    /// <summary>"livewatcher attach PID OPTIONS", armed.</summary>
    private protected async Task<Attachment> AttachAsync(int pid, params IReadOnlyList<string> options)
    {
        var attachment = StartAttach(pid.ToString(), options);
        await attachment.ArmedAsync(options.Count(option => option is "--watch" or "--awatch" or "--hbreak"));
        return attachment;
    }

    private protected Attachment StartAttach(string whom, params IReadOnlyList<string> options)
    {
        var output = NewPath("jsonl");
        return new Attachment(StartLivewatcher(["attach", whom, "--format", "json", "--output", output, .. Emulation.Options(options), .. options]), output);
    }

    /// <summary>Runs a program that waits at its gate under an attachment, from its gate to its end.</summary>
    private protected async Task<(Report Report, Facts Facts)> WatchAsync(Target target, params IReadOnlyList<string> options)
    {
        var attachment = await AttachAsync(target.Id, options);
        target.Open();
        var facts = await target.EndAsync(Limit);
        return (await attachment.EndAsync(Limit), facts);
    }

    /// <summary>Expects an error: exit status 2, one line, nothing left behind. Returns the line.</summary>
    private protected async Task<string> RefusedAsync(params IReadOnlyList<string> arguments)
    {
        var child = StartLivewatcher(arguments);
        var status = await child.ExitAsync(RefusalLimit);
        status.Should().Be(2, child.Describe("an error that the user can mend has exit status 2"));
        child.Output.Should().BeEmpty();
        child.Errors.Should().StartWith("livewatcher: ").And.EndWith("\n");
        var line = child.Errors.Trim('\n').Split("\nsee livewatcher", 2)[0];
        line.Should().NotContain("\n", "it is one line; where the command line itself is wrong, a second one says where help is");
        ProcFile.WithEnvironment(_mark).Where(pid => IsLivewatcher(pid) && ProcFile.HoldsPerfEvents(pid)).Should().BeEmpty("no debug register stays taken");
        return line;
    }

    private async Task<IReadOnlyList<int>> LeftBehindAsync()
    {
        IReadOnlyList<int> found = [];
        for (var end = DateTime.UtcNow + Grace; DateTime.UtcNow < end; await Task.Delay(10))
        {
            found = [.. ProcFile.WithEnvironment(_mark).Where(IsLivewatcher)];
            if (found.Count == 0)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>The one that this test has started, whoever its parent is; neither its guard nor its keeper.</summary>
    private protected int FindLivewatcher() =>
        ProcFile.WithEnvironment(_mark).Single(pid => IsLivewatcher(pid) && ProcFile.Status(pid, "Name") == "livewatcher");

    private static bool IsLivewatcher(int pid) =>
        new FileInfo($"/proc/{pid}/exe").LinkTarget is { } path && Path.GetFileName(path).StartsWith("livewatcher", StringComparison.Ordinal);
}
