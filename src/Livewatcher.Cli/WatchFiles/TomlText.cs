// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Livewatcher.Cli.WatchFiles;

/// <summary>A watch file in TOML.</summary>
internal static class TomlText
{
    /// <exception cref="WatchFileException">It is no TOML, or has values that no option takes.</exception>
    internal static List<FileKey> Parse(string text)
    {
        DocumentSyntax document = SyntaxParser.Parse(text, "", validate: true);
        if (document.Diagnostics.FirstOrDefault(one => one.Kind == DiagnosticMessageKind.Error) is { } error)
            throw new WatchFileException(error.Span.Start.Line + 1, error.Message);
        List<FileKey> keys = [.. document.KeyValues.Select(ToKey)];
        foreach (IGrouping<string, TableSyntaxBase> tables in document.Tables.GroupBy(table => NameOf(table.Name!), StringComparer.Ordinal))
        {
            foreach (TableSyntaxBase table in tables.Where(table => table is not TableArraySyntax))
                throw new WatchFileException(LineOf(table), $"[{tables.Key}]: a watch is written as [[watch]]");
            foreach (TableSyntaxBase table in tables)
                keys.Add(new FileKey(tables.Key, new FileValue.Table([.. table.Items.Select(ToKey)]), LineOf(table)));
        }

        return keys;
    }

    private static FileKey ToKey(KeyValueSyntax pair) => new(NameOf(pair.Key!), ToValue(pair.Value!), LineOf(pair));

    private static FileValue ToValue(ValueSyntax value) => value switch
    {
        StringValueSyntax text => new FileValue.Text(text.Value ?? ""),
        IntegerValueSyntax number => new FileValue.Text(number.Value.ToString(CultureInfo.InvariantCulture)),
        FloatValueSyntax number => new FileValue.Text(number.Value.ToString(CultureInfo.InvariantCulture)),
        BooleanValueSyntax flag => new FileValue.Flag(flag.Value),
        ArraySyntax list => new FileValue.List([.. list.Items.Select(item => ToValue(item.Value!))]),
        InlineTableSyntax table => new FileValue.Table([.. table.Items.Select(item => ToKey(item.KeyValue!))]),
        _ => throw new WatchFileException(LineOf(value), "a text, a number, true or false is meant"),
    };

    private static string NameOf(KeySyntax key)
    {
        if (key.DotKeys.Any())
            throw new WatchFileException(LineOf(key), "no option's name has a dot");
        return key.Key is StringValueSyntax text ? text.Value ?? "" : ((BareKeySyntax)key.Key!).Key!.Text ?? "";
    }

    private static int LineOf(SyntaxNode node) => node.Span.Start.Line + 1;
}
