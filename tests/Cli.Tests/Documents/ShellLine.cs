// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;

namespace Livewatcher.Cli.Tests.Documents;

/// <summary>A line of shell taken apart as far as documents need it: words with their quotes, the commands of a pipe, a list or a substitution;
/// redirections, comments and variables set for one command fall away.</summary>
internal static class ShellLine
{
    /// <returns>The commands, each as its words.</returns>
    internal static List<List<string>> Parse(string line)
    {
        List<List<string>> commands = [[]];
        StringBuilder word = new();
        bool inWord = false, toFile = false;
        char quote = '\0';

        void End()
        {
            if (inWord && !toFile && !(commands[^1].Count == 0 && IsAssignment(word.ToString())))
                commands[^1].Add(word.ToString());
            toFile = inWord ? false : toFile;
            inWord = false;
            word.Clear();
        }

        foreach (char one in line)
        {
            if (quote != '\0')
            {
                if (one == quote)
                    quote = '\0';
                else
                    word.Append(one);
            }
            else if (one is '\'' or '"')
            {
                quote = one;
                inWord = true;
            }
            else if (one == '#' && !inWord)
            {
                break;
            }
            else if (one is ' ' or '\t')
            {
                End();
            }
            else if (one is '<' or '>')
            {
                if (inWord && word.ToString().All(char.IsAsciiDigit))
                    (inWord, word.Length) = (false, 0); // 2>
                End();
                toFile = true;
            }
            else if (one == '&' && toFile && !inWord)
            {
                continue; // >&2: another descriptor
            }
            else if (one is '|' or ';' or '&' or '(' or ')')
            {
                End();
                toFile = false;
                if (commands[^1].Count > 0)
                    commands.Add([]);
            }
            else
            {
                word.Append(one);
                inWord = true;
            }
        }

        End();
        return [.. commands.Where(command => command.Count > 0).Select(command => command[0] == "sudo" ? command[1..] : command)];
    }

    private static bool IsAssignment(string word) => word.IndexOf('=') is var at and > 0 && word[..at].All(one => char.IsAsciiLetterOrDigit(one) || one == '_');
}
