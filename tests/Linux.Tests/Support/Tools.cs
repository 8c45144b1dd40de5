// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using System.Diagnostics;

namespace Livewatcher.Linux.Tests.Support;

/// <summary>Other programs that the tests use: compilers above all.</summary>
internal static class Tools
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("livewatcher-linux-").FullName;
    private static readonly ConcurrentDictionary<string, string> Compiled = new();

    /// <summary>Runs a program and returns its standard output; throws with its standard error where it fails.</summary>
    public static string Run(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException(program);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program}: status {process.ExitCode}: {errors.Result}");
    }

    /// <summary>Compiles a program of tests/Linux.Tests/programs; once for each set of flags.</summary>
    /// <returns>Path of the executable, which everybody may run.</returns>
    public static string Compile(string name, params string[] flags) =>
        Compiled.GetOrAdd($"{name} {string.Join(' ', flags)}", _ =>
        {
            Run("chmod", "o+rx", Folder);
            string path = Path.Combine(Folder, $"{name}-{Compiled.Count}-{Guid.NewGuid():N}");
            Run("gcc", ["-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-pthread", .. flags, Repository.Program($"{name}.c"), "-o", path]);
            return path;
        });

    /// <summary>Compiles C source text that prints something, runs it and returns what it prints.</summary>
    public static string RunSource(string source, params string[] flags)
    {
        string path = Path.Combine(Folder, $"source-{Guid.NewGuid():N}");
        File.WriteAllText($"{path}.c", source);
        Run("gcc", ["-std=gnu11", .. flags, $"{path}.c", "-o", path]);
        return Run(path);
    }
}
