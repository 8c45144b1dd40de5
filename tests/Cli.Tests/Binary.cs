// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Livewatcher.Cli.Tests;

/// <summary>The published program, run as a user runs it.</summary>
internal static class Binary
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    /// <summary>LIVEWATCHER_BIN, or what `make build` has made.</summary>
    internal static string Location { get; } = Environment.GetEnvironmentVariable("LIVEWATCHER_BIN") is { Length: > 0 } given
        ? given
        : Path.Combine(Root, "artifacts", "publish", "livewatcher", "livewatcher");

    internal static Task<Outcome> RunAsync(params string[] arguments) => RunOtherAsync(Location, arguments);

    /// <summary>Another program, from the system: a shell, make, man.</summary>
    internal static async Task<Outcome> RunOtherAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // A fixed language and width, whoever runs the tests.
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["MANWIDTH"] = "80";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using CancellationTokenSource late = new(Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(late.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(late.Token);
        try
        {
            await process.WaitForExitAsync(late.Token);
            return new Outcome(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException e)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} has not ended in {Patience.TotalSeconds:0} s", e);
        }
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

/// <summary>How a run ended.</summary>
internal sealed record Outcome(int Status, string Output, string Error)
{
    internal IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
