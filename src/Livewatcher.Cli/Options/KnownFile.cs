// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Cli.Output;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>Known writers on disk: a JSON object a line, after a first one that says what the file is (docs/filters.md).</summary>
internal static class KnownFile
{
    private const string Kind = "livewatcher known writers";
    private const int Version = 1;

    /// <summary>A file of known writers is small; this one is something else.</summary>
    private const long MostBytes = 64L << 20;

    /// <exception cref="UserException">It cannot be read, or is no such file.</exception>
    internal static IReadOnlyList<KnownWriter> Read(string path)
    {
        int line = 0;
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                throw new UserException($"--known {path}: more than {MostBytes >> 20} MiB are no file of known writers");
            List<KnownWriter> writers = [];
            foreach (string text in File.ReadLines(path))
            {
                line++;
                using JsonDocument document = JsonDocument.Parse(text);
                JsonElement root = document.RootElement;
                if (line > 1)
                    writers.Add(ToWriter(root));
                else if (root.GetProperty("type").GetString() != Kind || root.GetProperty("version").GetInt32() != Version)
                    throw new UserException($"--known {path}: no file of known writers, or one of another version; --save-known writes them");
            }

            return line > 0 ? writers : throw new UserException($"--known {path}: the file is empty; --save-known writes such files");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new UserException($"--known {path}: line {line} is no known writer; --save-known writes them");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--known {path}: {e.Message}");
        }
    }

    /// <exception cref="UserException">It cannot be written.</exception>
    internal static void Write(string path, IEnumerable<KnownWriter> writers)
    {
        try
        {
            // Whoever reads it meanwhile has the old one or the new one, whole.
            string fresh = path + ".new";
            using (FileStream file = File.Create(fresh))
            {
                JsonLine.Write(file, json =>
                {
                    json.WriteString("type", Kind);
                    json.WriteNumber("version", Version);
                });
                foreach (KnownWriter writer in writers.OrderBy(one => (one.Watch, one.Module, one.Function ?? "", one.Offset)))
                    JsonLine.Write(file, json => Write(json, writer));
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--save-known {path}: {e.Message}");
        }
    }

    /// <summary>Before anything is watched: an hour's learning must not end in a folder that is not there.</summary>
    internal static void CheckWritable(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(folder))
            throw new UserException($"--save-known {path}: there is no folder {folder}");
        if (Directory.Exists(path))
            throw new UserException($"--save-known {path}: that is a folder");
    }

    private static KnownWriter ToWriter(JsonElement json) => new(
        json.GetProperty("watch").GetString()!, Text(json, "build_id"), json.GetProperty("module").GetString()!, Text(json, "function"),
        json.GetProperty("offset").GetUInt64(), Text(json, "syscall"));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static void Write(Utf8JsonWriter json, KnownWriter writer)
    {
        json.WriteString("watch", writer.Watch);
        json.WriteString("module", writer.Module);
        if (writer.BuildId is not null)
            json.WriteString("build_id", writer.BuildId);
        if (writer.Function is not null)
            json.WriteString("function", writer.Function);
        json.WriteNumber("offset", writer.Offset);
        if (writer.SystemCall is not null)
            json.WriteString("syscall", writer.SystemCall);
    }
}
