// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli.Tests.Prompt;

/// <summary>Keys by a shorthand: letters are themselves, angle brackets the arrows, "^X" Ctrl-X, "{Name}" a ConsoleKey.</summary>
internal static class Keys
{
    internal static IReadOnlyList<ConsoleKeyInfo> Of(string shorthand)
    {
        List<ConsoleKeyInfo> keys = [];
        for (int i = 0; i < shorthand.Length; i++)
        {
            switch (shorthand[i])
            {
                case '{':
                    int end = shorthand.IndexOf('}', i);
                    keys.Add(Special(Enum.Parse<ConsoleKey>(shorthand[(i + 1)..end])));
                    i = end;
                    break;
                case '^':
                    char letter = shorthand[++i];
                    keys.Add(new ConsoleKeyInfo((char)(letter - '@'), Enum.Parse<ConsoleKey>(letter.ToString()), shift: false, alt: false, control: true));
                    break;
                case '<':
                    keys.Add(Special(ConsoleKey.LeftArrow));
                    break;
                case '>':
                    keys.Add(Special(ConsoleKey.RightArrow));
                    break;
                default:
                    // Console.ReadKey names the key of a letter after its upper case.
                    ConsoleKey key = char.IsAsciiLetter(shorthand[i]) ? Enum.Parse<ConsoleKey>(char.ToUpperInvariant(shorthand[i]).ToString()) : ConsoleKey.None;
                    keys.Add(new ConsoleKeyInfo(shorthand[i], key, char.IsAsciiLetterUpper(shorthand[i]), alt: false, control: false));
                    break;
            }
        }

        return keys;
    }

    private static ConsoleKeyInfo Special(ConsoleKey key) => new('\0', key, shift: false, alt: false, control: false);
}
