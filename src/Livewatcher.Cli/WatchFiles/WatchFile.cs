// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Model;

namespace Livewatcher.Cli.WatchFiles;

/// <summary>One option of a watch file.</summary>
/// <param name="Option">Which.</param>
/// <param name="Value">Null for a flag.</param>
/// <param name="Line">Where, from 1.</param>
internal sealed record FileOption(Option Option, string? Value, int Line)
{
    /// <summary>As on the command line. Joined, so that a value may begin with dashes.</summary>
    internal string Argument => Value is null ? Option.Name : $"{Option.Name}={Value}";
}

/// <summary>A watch file: the options of a command line, without dashes, in TOML or (a name that ends in .json) in JSON. Each [[watch]] is a watch with what
/// belongs to it; what stands before them is about the whole run, or about every watch.</summary>
/// <param name="Path">As the user names it.</param>
/// <param name="Options">In the order of a command line: first what is about all.</param>
internal sealed record WatchFile(string Path, IReadOnlyList<FileOption> Options)
{
    private const string Watch = "watch";

    /// <summary>Such a file is a page or two long; this one is something else.</summary>
    private const long MostBytes = 1 << 20;

    /// <param name="path">The file.</param>
    /// <param name="vocabulary">What may stand in it.</param>
    /// <exception cref="UserException">It cannot be read, or something in it is wrong: its message begins with FILE:LINE.</exception>
    internal static WatchFile Read(string path, WatchVocabulary vocabulary)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                throw new UserException($"{path}: more than {MostBytes >> 20} MiB are no watch file");
            string text = File.ReadAllText(path);
            return Of(path, path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? JsonText.Parse(text) : TomlText.Parse(text), vocabulary);
        }
        catch (WatchFileException e)
        {
            throw new UserException($"{path}:{e.Line}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserException($"{path} cannot be read: {e.Message}");
        }
    }

    private static WatchFile Of(string path, IReadOnlyList<FileKey> keys, WatchVocabulary vocabulary)
    {
        List<FileOption> common = [], watches = [];
        foreach (FileKey key in keys)
        {
            if (key is { Name: Watch, Value: FileValue.Table table })
                AddWatch(watches, table.Keys, key.Line, vocabulary);
            else if (vocabulary.StandsBefore(vocabulary.Find(key.Name, key.Line)))
                throw new WatchFileException(key.Line, $"{key.Name} is about one watch: it stands in its [[watch]]");
            else
                Add(vocabulary.Find(key.Name, key.Line) is { } option && vocabulary.BeginsWatch(option) ? watches : common, key, vocabulary);
        }

        return new WatchFile(path, [.. common, .. watches]);
    }

    private static void AddWatch(List<FileOption> watches, IReadOnlyList<FileKey> keys, int line, WatchVocabulary vocabulary)
    {
        List<FileKey> begins = [.. keys.Where(key => vocabulary.BeginsWatch(vocabulary.Find(key.Name, key.Line)))];
        if (begins.Count != 1)
            throw new WatchFileException(line, $"a watch has one of {vocabulary.Beginnings}; this one has {(begins.Count == 0 ? "none" : string.Join(" and ", begins.Select(key => key.Name)))}");
        if (begins[0].Value is not FileValue.Text)
            throw new WatchFileException(begins[0].Line, $"{begins[0].Name}: one expression, as a text, is meant");
        foreach (FileKey key in keys.Where(key => key != begins[0] && !vocabulary.BelongsToWatch(vocabulary.Find(key.Name, key.Line))))
            throw new WatchFileException(key.Line, $"{key.Name} is about the whole run: it stands before the first [[watch]]");
        ILookup<bool, FileKey> others = keys.Where(key => key != begins[0]).ToLookup(key => vocabulary.StandsBefore(vocabulary.Find(key.Name, key.Line)));
        foreach (FileKey key in (FileKey[])[.. others[true], begins[0], .. others[false]])
            Add(watches, key, vocabulary);
    }

    private static void Add(List<FileOption> options, FileKey key, WatchVocabulary vocabulary)
    {
        Option option = vocabulary.Find(key.Name, key.Line);
        bool isFlag = option.ValueType == typeof(bool);
        if (key.Value is FileValue.Flag flag && isFlag)
        {
            if (flag.IsSet)
                options.Add(new FileOption(option, null, key.Line));
            return;
        }

        if (isFlag)
            throw new WatchFileException(key.Line, $"{key.Name}: true or false is meant");
        if (key.Value is FileValue.List list && option.Arity.MaximumNumberOfValues > 1)
        {
            options.AddRange(list.Items.Select(item => new FileOption(option, TextOf(item, key), key.Line)));
            return;
        }

        if (option.Arity.MaximumNumberOfValues == 1 && options.Exists(other => other.Option == option))
            throw new WatchFileException(key.Line, $"{key.Name} is there twice");
        options.Add(new FileOption(option, TextOf(key.Value, key), key.Line));
    }

    private static string TextOf(FileValue value, FileKey key) => value is FileValue.Text { Content: var content } && content.Length > 0
        ? content
        : throw new WatchFileException(key.Line, $"{key.Name}: {(value is FileValue.Text ? "the text is empty" : value is FileValue.List ? "it takes one value" : "a text or a number is meant")}");
}
