// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Options;
using Livewatcher.Model;

namespace Livewatcher.Cli.WatchFiles;

/// <summary>Where in which file an option stands that a message is about.</summary>
/// <param name="files">The files.</param>
internal sealed class FileOrigins(IEnumerable<WatchFile> files)
{
    private readonly List<(string Path, FileOption Option)> options = [.. files.SelectMany(file => file.Options.Select(option => (file.Path, option)))];

    /// <summary>Goes on with a command line that has the files' options; what is wrong with one of them is told with its line.</summary>
    /// <exception cref="UserException">The line does not parse, or the body throws it.</exception>
    internal T With<T>(ParseResult parsed, Func<ParseResult, T> body)
    {
        if (parsed.Errors.Count > 0)
            throw new UserException(Locate(UsageErrors.Describe(parsed.Errors[^1])));
        try
        {
            return body(parsed);
        }
        catch (UserException e)
        {
            throw new UserException(Locate(e.Message));
        }
    }

    /// <summary>The message with FILE:LINE before it, where it names an option or a value that stands in a file; of several the one of which it
    /// says most.</summary>
    private string Locate(string message)
    {
        (string Path, FileOption Option) best = options.MaxBy(one => Score(message, one.Option));
        return best.Option is not null && Score(message, best.Option) > 0 ? $"{best.Path}:{best.Option.Line}: {message}" : message;
    }

    private static int Score(string message, FileOption option)
    {
        bool saysName = IsWordOf(message, option.Option.Name);
        bool saysValue = option.Value is { } value && (message.Contains($"'{value}'", StringComparison.Ordinal) || (saysName && IsWordOf(message, value)));
        return (saysName ? 1000 : 0) + (saysValue ? 2000 + Math.Min(option.Value!.Length, 999) : 0);
    }

    /// <summary>--max-hits is not meant where --max-hits-in-all is said.</summary>
    private static bool IsWordOf(string message, string word)
    {
        for (int at = message.IndexOf(word, StringComparison.Ordinal); at >= 0; at = message.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            int end = at + word.Length;
            if ((at == 0 || !IsPart(message[at - 1])) && (end == message.Length || !IsPart(message[end])))
                return true;
        }

        return false;
    }

    private static bool IsPart(char one) => char.IsAsciiLetterOrDigit(one) || one is '-' or '_';
}
