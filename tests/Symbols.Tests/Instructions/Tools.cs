// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>The compilers and binutils that the tests take their facts from.</summary>
internal static class Tools
{
    public static string NewFolder() => Directory.CreateTempSubdirectory("livewatcher-instructions-").FullName;

    /// <summary>Runs a program and returns its standard output; throws with its standard error where it fails.</summary>
    public static byte[] Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException(program);
        using var output = new MemoryStream();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.ToArray()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: status {process.ExitCode}: {errors.Result}");
    }

    public static string[] Lines(string program, params string[] arguments) =>
        System.Text.Encoding.UTF8.GetString(Run(program, arguments)).Split('\n');
}
