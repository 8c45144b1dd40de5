// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.CommandLine.Parsing;
using Livewatcher.Cli.WatchFiles;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>--config: a watch file's options take its place on the command line.</summary>
/// <param name="options">What the file may have.</param>
internal sealed class ConfigOptions(WatchOptions options)
{
    private readonly Option<string[]> config = new("--config")
    {
        Description = "Take options from this watch file, in TOML or JSON (docs/watchfiles.md). It stands for its options at this place; an option that takes one value "
            + "and is on the command line too has that value. Repeatable.",
        HelpName = "FILE",
    };

    internal void AddTo(Command command) => command.Options.Add(config);

    /// <summary>Runs a verb's body with the whole of its options; what is then wrong with one of a file's is told with its line.</summary>
    /// <exception cref="UserException">A file cannot be read, something in it is wrong, or the body throws it.</exception>
    internal int With(ParseResult parsed, Func<ParseResult, int> body)
    {
        if (parsed.GetValue(config) is not { Length: > 0 } paths)
            return body(parsed);
        Dictionary<string, WatchFile> files = [];
        foreach (string path in paths)
            files[path] = WatchFile.Read(path, options.Vocabulary);
        FileOrigins origins = new(files.Values);
        return origins.With(CommandLine.Parse(parsed.RootCommandResult.Command, Expand(parsed, files)), body);
    }

    /// <summary>The command line once more, with each file's options in the place of --config.</summary>
    private List<string> Expand(ParseResult parsed, Dictionary<string, WatchFile> files)
    {
        Dictionary<string, Option> named = CommandLine.ByName(parsed.CommandResult.Command.Options);
        IReadOnlyList<Token> tokens = parsed.Tokens;
        HashSet<Option> given = [.. tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Where(token => token.Type == TokenType.Option)
            .Select(token => named.GetValueOrDefault(token.Value)).OfType<Option>()];
        List<string> expanded = [];
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Type == TokenType.DoubleDash)
                return [.. expanded, .. tokens.Skip(i).Select(token => token.Value)];
            if (tokens[i].Type != TokenType.Option || !named.TryGetValue(tokens[i].Value, out Option? option) || !TakesNext(option, tokens, i))
                expanded.Add(tokens[i].Value);
            else if (option == config)
                expanded.AddRange(files[tokens[++i].Value].Options.Where(one => one.Option.Arity.MaximumNumberOfValues > 1 || !given.Contains(one.Option)).Select(one => one.Argument));
            else
                expanded.Add($"{option.Name}={tokens[++i].Value}"); // joined: a value may begin with dashes
        }

        return expanded;
    }

    /// <summary>Whether the argument after an option is its own: a flag takes true and false only.</summary>
    private static bool TakesNext(Option option, IReadOnlyList<Token> tokens, int at) =>
        at + 1 < tokens.Count && tokens[at + 1].Type == TokenType.Argument && (option.ValueType != typeof(bool) || bool.TryParse(tokens[at + 1].Value, out _));
}
