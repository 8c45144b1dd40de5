// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using System.Text.Json;

namespace Livewatcher.Cli.WatchFiles;

/// <summary>A watch file in JSON, in which comments are allowed.</summary>
internal static class JsonText
{
    /// <summary>A watch file is three deep.</summary>
    private const int MostDepth = 8;

    /// <exception cref="WatchFileException">It is no JSON, or has values that no option takes.</exception>
    internal static IReadOnlyList<FileKey> Parse(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Utf8JsonReader reader = new(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MostDepth });
        try
        {
            reader.Read();
            if (ToValue(ref reader, bytes) is not FileValue.Table file)
                throw new WatchFileException(1, "an object is meant: { \"watch\": [ { \"watch\": \"g_limit\" } ] }");
            reader.Read(); // nothing may follow
            return file.Keys;
        }
        catch (JsonException e)
        {
            throw new WatchFileException((int)(e.LineNumber ?? 0) + 1, e.Message.Split(" LineNumber:")[0].TrimEnd('.'));
        }
    }

    private static FileValue ToValue(ref Utf8JsonReader reader, byte[] bytes)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new FileValue.Text(reader.GetString()!);
            case JsonTokenType.Number:
                return new FileValue.Text(Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.True or JsonTokenType.False:
                return new FileValue.Flag(reader.TokenType == JsonTokenType.True);
            case JsonTokenType.StartArray:
                List<FileValue> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ToValue(ref reader, bytes));
                return new FileValue.List(items);
            case JsonTokenType.StartObject:
                return ToTable(ref reader, bytes);
            default:
                throw new WatchFileException(LineOf(reader, bytes), "a text, a number, true or false is meant");
        }
    }

    private static FileValue.Table ToTable(ref Utf8JsonReader reader, byte[] bytes)
    {
        List<FileKey> keys = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            int line = LineOf(reader, bytes);
            reader.Read();
            FileValue value = ToValue(ref reader, bytes);
            // Each watch with its own line, as [[watch]] has it in TOML.
            if (value is FileValue.List list && list.Items.Count > 0 && list.Items.All(item => item is FileValue.Table))
                keys.AddRange(list.Items.Select(item => new FileKey(name, item, ((FileValue.Table)item).Keys is [var first, ..] ? first.Line : line)));
            else
                keys.Add(new FileKey(name, value, line));
        }

        return new FileValue.Table(keys);
    }

    private static int LineOf(Utf8JsonReader reader, byte[] bytes) => 1 + bytes.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n');
}
