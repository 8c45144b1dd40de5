// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Livewatcher.Agent.Tests.Wire;

/// <summary>native/liblivewatcher/src/wire.h, as text and as the C compiler sees it.</summary>
internal static partial class WireSource
{
    internal static string Text { get; } = File.ReadAllText(Path.Combine(Folder, "wire.h"));

    private static string Folder => Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "native", "liblivewatcher", "src"));

    /// <summary>What a C program prints whose main is this, line by line.</summary>
    internal static string[] Print(IEnumerable<string> statements)
    {
        string folder = Directory.CreateTempSubdirectory("livewatcher-wire-").FullName;
        try
        {
            string source = Path.Combine(folder, "print.c");
            string program = Path.Combine(folder, "print");
            File.WriteAllText(source, $$"""
                #include <stddef.h>
                #include <stdio.h>
                #include "wire.h"
                int main(void)
                {
                {{string.Join('\n', statements)}}
                    return 0;
                }
                """);
            Run("gcc", "-std=gnu11", "-Wall", "-Werror", $"-I{Folder}", source, "-o", program);
            return Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The fields of struct lw_wire, in their order.</summary>
    internal static IReadOnlyList<string> Fields => [.. FieldName().Matches(BodyOf("struct lw_wire")).Select(match => match.Groups["name"].Value)];

    /// <summary>The names of an enumeration, in their order.</summary>
    internal static IReadOnlyList<string> NamesOf(string enumeration) =>
        [.. Enumerator().Matches(BodyOf($"enum {enumeration}")).Select(match => match.Groups["name"].Value)];

    private static string BodyOf(string what)
    {
        string code = Comment().Replace(Text, string.Empty);
        int begin = code.IndexOf($"{what} {{", StringComparison.Ordinal);
        return begin < 0 ? throw new InvalidOperationException($"wire.h has no {what}") : code[begin..code.IndexOf("};", begin, StringComparison.Ordinal)];
    }

    private static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException(program);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {errors.Result}");
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"u?int\d+_t (?<name>\w+)(\[\w+\])?;", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex FieldName();

    [GeneratedRegex(@"(?<name>LW_WIRE_\w+) = ", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Enumerator();
}
