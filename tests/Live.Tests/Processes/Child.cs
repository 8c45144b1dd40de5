// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;

namespace Livewatcher.Live.Tests.Processes;

/// <summary>A process that a test has started: output captured, every wait limited, gone when it is disposed of.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan StreamEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Capture _output;
    private readonly Capture _errors;

    private Child(Process process, string commandLine)
    {
        _process = process;
        CommandLine = commandLine;
        Id = process.Id;
        _output = new Capture(process.StandardOutput.BaseStream);
        _errors = new Capture(process.StandardError.BaseStream);
    }

    public int Id { get; }

    public string CommandLine { get; }

    public byte[] OutputBytes => _output.Bytes;

    public string Output => _output.Text;

    public string Errors => _errors.Text;

    public bool HasExited => _process.HasExited;

    /// <param name="file">A path, or a name to look for in PATH.</param>
    /// <param name="arguments">Without argv[0].</param>
    /// <param name="environment">Added to our own.</param>
    /// <param name="input">Standard input; null for an empty one.</param>
    /// <param name="folder">Working directory; null for ours.</param>
    public static Child Start(
        string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, byte[]? input = null,
        string? folder = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        var child = new Child(process, string.Join(' ', [file, .. arguments]));
        _ = FeedAsync(process.StandardInput.BaseStream, input ?? []);
        return child;
    }

    /// <summary>Runs a tool that is expected to succeed; returns its standard output.</summary>
    public static async Task<string> RunAsync(string file, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        await using var child = Start(file, arguments);
        var status = await child.ExitAsync(limit);
        return status == 0 ? child.Output : throw new InvalidOperationException(child.Describe($"exit status {status}"));
    }

    /// <summary>The exit status; 128+n where signal n has ended it.</summary>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException(Describe($"not finished after {limit.TotalSeconds} s"), late);
        }

        await _output.EndAsync(StreamEnd);
        await _errors.EndAsync(StreamEnd);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal, by its name without SIG.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, Id.ToString()]);
        await kill.WaitForExitAsync();
    }

    public void Kill() => _process.Kill();

    public string Describe(string what) => $"""
        {CommandLine}: {what}
        standard output: {Tail(Output)}
        standard error: {Tail(Errors)}
        """;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            using var timeout = new CancellationTokenSource(KillLimit);
            await _process.WaitForExitAsync(timeout.Token);
        }

        _process.Dispose();
    }

    private static async Task FeedAsync(Stream input, byte[] bytes)
    {
        try
        {
            await input.WriteAsync(bytes);
            input.Close();
        }
        catch (IOException)
        {
            // EPIPE: it ended without reading all of it, which is its right.
        }
    }

    private static string Tail(string text) => text.Length <= 2000 ? text : "..." + text[^2000..];
}
