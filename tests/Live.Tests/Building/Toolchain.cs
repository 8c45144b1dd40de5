// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Livewatcher.Live.Tests.Processes;

namespace Livewatcher.Live.Tests.Building;

/// <summary>Builds the watched programs with the compilers of this machine. What was built from the same sources with the same
/// flags is taken as it is.</summary>
internal static class Toolchain
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Programs that are being built, or are.</summary>
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Builds = new(StringComparer.Ordinal);

    /// <summary>Returns the path of the program or library, which is built once, however many ask for it at a time.</summary>
    public static Task<string> BuildAsync(Recipe recipe) =>
        Builds.GetOrAdd(Key(recipe), _ => new Lazy<Task<string>>(() => BuildOnceAsync(recipe))).Value;

    private static async Task<string> BuildOnceAsync(Recipe recipe)
    {
        var folder = Path.Combine(Repository.Built, Key(recipe));
        var path = Path.Combine(folder, recipe.FileName);
        if (File.Exists(path))
        {
            return path;
        }

        var unfinished = folder + ".unfinished";
        Directory.CreateDirectory(unfinished);
        await CompileAsync(recipe, unfinished);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.Move(unfinished, folder);
        return path;
    }

    private static async Task CompileAsync(Recipe recipe, string folder)
    {
        if (recipe.Library is { } library)
        {
            await CompileAsync(library, folder);
        }

        var output = Path.Combine(folder, recipe.FileName);
        string[] arguments =
        [
            .. recipe.Flags, .. recipe.Sources.Select(source => Path.Combine(Repository.Programs, source)), "-o", output,
            .. recipe.Library is { } linked ? [Path.Combine(folder, linked.FileName), "-Wl,-rpath,$ORIGIN"] : Array.Empty<string>(),
        ];
        await Child.RunAsync(recipe.Driver, arguments, Limit);
        if (recipe.Stripped)
        {
            await Child.RunAsync("strip", [output], Limit);
        }
    }

    private static string Key(Recipe recipe)
    {
        var text = new StringBuilder();
        for (var part = recipe; part is not null; part = part.Library)
        {
            text.AppendLine(part.FileName).AppendLine(part.Driver).AppendJoin(' ', part.Flags).AppendLine(part.Stripped.ToString());
            text.AppendJoin(' ', part.Sources).AppendLine();
            foreach (var source in part.Sources)
            {
                text.AppendLine(File.ReadAllText(Path.Combine(Repository.Programs, source)));
            }
        }

        foreach (var header in Directory.EnumerateFiles(Repository.Programs, "*.h*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            text.AppendLine(File.ReadAllText(header));
        }

        return recipe.Name + "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
