// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Cli.Options;
using Livewatcher.Linux.Terminals;
using Livewatcher.Model;

namespace Livewatcher.Cli.Screen;

/// <summary>Where output goes that would destroy the screen: the target's, if livewatcher has started it, and that of commands. A file, not a pipe:
/// whatever becomes of livewatcher, the target can write on.</summary>
internal sealed class OutputPane : IDisposable
{
    private const int ShownBytes = 64 << 10;
    private const int ShownLines = 1000;

    private readonly StreamDetour detour;
    private readonly string file;
    private readonly bool isOurs;
    private bool isOver;

    private OutputPane(StreamDetour detour, string file, bool isOurs)
    {
        this.detour = detour;
        this.file = file;
        this.isOurs = isOurs;
        File = detour.LeadsOutput ? file : null;
    }

    /// <summary>Null where output goes its own way.</summary>
    internal string? File { get; }

    /// <summary>A program that goes on writes there also when the screen has gone.</summary>
    internal bool IsInUse { get; set; }

    /// <exception cref="UserException">It cannot be written.</exception>
    internal static OutputPane Begin(ScreenSettings settings)
    {
        // A folder of our own: nobody else can have put a link there.
        string path = settings.OutputFile is { } given ? Path.GetFullPath(given) : Path.Combine(Directory.CreateTempSubdirectory("livewatcher-").FullName, "output");
        return new OutputPane(StreamDetour.Begin(path), path, isOurs: settings.OutputFile is null);
    }

    /// <summary>Its end.</summary>
    internal IReadOnlyList<string> Tail()
    {
        try
        {
            if (File is null || new FileInfo(file).Length == 0)
                return [];
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long skipped = Math.Max(stream.Length - ShownBytes, 0);
            stream.Seek(skipped, SeekOrigin.Begin);
            using StreamReader reader = new(stream, Encoding.UTF8);
            string[] lines = reader.ReadToEnd().Replace("\t", "    ", StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n').Split('\n');
            return [.. lines.Skip(skipped > 0 ? 1 : 0).TakeLast(ShownLines)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [$"cannot be read: {e.Message}"];
        }
    }

    /// <summary>Streams lead where they led before. What was written meanwhile is told of, and nothing is left behind of an empty file.</summary>
    public void Dispose()
    {
        detour.Dispose();
        if (!isOurs || isOver)
            return;
        isOver = true;
        try
        {
            if (File is not null && (IsInUse || new FileInfo(file).Length > 0))
            {
                Console.Error.WriteLine(IsInUse ? $"livewatcher: the target's output goes on into {file}" : $"livewatcher: what was written to the terminal meanwhile is in {file}");
                return;
            }

            System.IO.File.Delete(file);
            Directory.Delete(Path.GetDirectoryName(file)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody has taken it away.
        }
    }
}
