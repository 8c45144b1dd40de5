// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using Livewatcher.Cli.Tests.Documents;

namespace Livewatcher.Live.Tests.Documents;

/// <summary>A command of the book, and what its own words say of what must come of it.</summary>
internal sealed partial class BookCommand
{
    private readonly List<string> words;

    internal BookCommand(string page, int line, string text)
    {
        Place = $"{page}:{line}";
        Text = WithoutRemark(text);
        var commands = ShellLine.Parse(text);
        words = [.. (commands.Find(one => one[0] == "livewatcher") ?? commands[0]).TakeWhile(word => word != "--")];
    }

    internal string Place { get; }

    /// <summary>For a shell, without the remark behind it.</summary>
    internal string Text { get; }

    /// <summary>Of livewatcher; empty where it is another program's command.</summary>
    internal string Verb => words[0] == "livewatcher" ? words.ElementAtOrDefault(1) ?? "" : "";

    internal bool IsWatching => Verb is "run" or "attach" && !IsOnTerminal;

    internal bool IsOnTerminal => Has("--tui");

    /// <summary>What runs on until it is stopped, beside the commands that follow it in its block.</summary>
    internal bool RunsBeside => Verb == "listen" || words is ["./server", ..];

    /// <summary>Whether nobody has to end it: it becomes another program, or kills what it watches.</summary>
    internal bool EndsByItself => Actions.Contains("gdb") || Actions.Contains("kill");

    /// <summary>Whether hits must be reported: with these options those of writers that are known are set aside.</summary>
    internal bool ReportsHits => !Has("--learn") && !Has("--known");

    /// <summary>Whether it shows source lines that have to be looked for.</summary>
    internal bool FindsSource => IsWatching && (Has("--source-map") || Has("--debuginfod"));

    /// <summary>Whether silence is no answer.</summary>
    internal bool MustSpeak => Redirected is null && words[0] is "livewatcher" or "jq" or "sqlite3" && !Text.Contains("select(.outcome", StringComparison.Ordinal) && Verb != "completion" && !Has("--output");

    /// <summary>What --on-hit is to do.</summary>
    internal IReadOnlyList<string> Actions => Values("--on-hit");

    /// <summary>Files that must be there when it has ended.</summary>
    internal IEnumerable<string> Files => [.. Values("--output"), .. Values("--record"), .. Values("--save-known"), .. Redirected is { } to ? [to] : Array.Empty<string>()];

    private string? Redirected => Redirection().Match(Text) is { Success: true } match ? match.Groups["file"].Value : null;

    internal bool Has(string option) => words.Exists(word => word == option || word.StartsWith(option + "=", StringComparison.Ordinal));

    internal IReadOnlyList<string> Values(string option) =>
        [.. words.SelectMany((word, i) => word == option && i + 1 < words.Count && !words[i + 1].StartsWith("--", StringComparison.Ordinal) ? [words[i + 1]] : word.StartsWith(option + "=", StringComparison.Ordinal) ? [word[(option.Length + 1)..]] : Array.Empty<string>())];

    /// <summary>A process number in the book stands for the server's.</summary>
    internal string For(int process) => Verb == "attach" && int.TryParse(words[2], out _) ? Text.Replace($"attach {words[2]} ", $"attach {process} ", StringComparison.Ordinal) : Text;

    /// <summary>Its exit status, as --help of its verb says.</summary>
    /// <param name="interrupted">Whether Ctrl-C has ended it.</param>
    /// <param name="said">All that it has said.</param>
    internal IReadOnlyList<int> Statuses(bool interrupted, string said) => Verb switch
    {
        "run" when Actions.Contains("kill") => [128 + 9],
        "run" when interrupted => [130],
        "doctor" when !Text.Contains('|', StringComparison.Ordinal) => [0, 1],
        "check" => [said.Contains(" wrong ", StringComparison.Ordinal) ? 2 : said.Contains(" unknown ", StringComparison.Ordinal) ? 1 : 0],
        "diff" => [0, 1],
        _ => [0],
    };

    private static string WithoutRemark(string text) => Remark().Replace(text, "");

    [GeneratedRegex(@"\s+#\s.*$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Remark();

    [GeneratedRegex(@"(?<![-0-9&])>\s?(?<file>[a-z]+\.[a-z]+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Redirection();
}
