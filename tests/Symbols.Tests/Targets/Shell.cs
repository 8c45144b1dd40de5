// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;

namespace Livewatcher.Symbols.Tests.Targets;

/// <summary>Runs tools: compilers to make samples, addr2line for facts that do not come from the code under test.</summary>
internal static class Shell
{
    public static string Run(string program, params IEnumerable<string> arguments)
    {
        string[] list = [.. arguments];
        using var process = Process.Start(new ProcessStartInfo(program, list)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', list)}: {error.Result}");
    }
}
