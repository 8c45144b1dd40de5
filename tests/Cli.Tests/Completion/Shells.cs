// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;

namespace Livewatcher.Cli.Tests.Completion;

/// <summary>The three shells, each asked what it would offer at the end of a line. The scripts come from the binary under test.</summary>
public sealed class Shells : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-completion-").FullName;
    private readonly Dictionary<string, string> scripts = [];

    public static IEnumerable<string> Names => ["bash", "zsh", "fish"];

    /// <summary>Files for a shell to find, beside its script.</summary>
    internal string Folder => folder;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>What the shell offers, its own descriptions taken off.</summary>
    internal async Task<IReadOnlyList<string>> OffersAsync(string shell, string line)
    {
        string script = await ScriptAsync(shell);
        Outcome answer = shell switch
        {
            "bash" => await Binary.RunOtherAsync("bash", "--norc", "-c", AskBash, "ask", script, line),
            "zsh" => await Binary.RunOtherAsync("zsh", "-f", Path.Combine(Binary.Root, "tests", "Cli.Tests", "Completion", "ask-zsh.zsh"), Path.GetDirectoryName(script)!, line),
            _ => await Binary.RunOtherAsync("fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, line),
        };
        answer.Error.Should().BeEmpty($"{shell} has nothing to complain about: {line}");
        answer.Status.Should().Be(0);
        return shell == "zsh" ? Listed(answer.Output, line) : [.. answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(offer => offer.Split('\t')[0])];
    }

    private async Task<string> ScriptAsync(string shell)
    {
        if (scripts.TryGetValue(shell, out string? known))
            return known;
        // compinit finds it by this name.
        string script = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, $"for {shell}")).FullName, "_livewatcher");
        Outcome completion = await Binary.RunAsync("completion", shell);
        completion.Error.Should().BeEmpty();
        await File.WriteAllTextAsync(script, completion.Output);
        return scripts[shell] = script;
    }

    /// <summary>As readline calls it: words, and the index of the one that is being typed. "=" is a word of its own.</summary>
    private const string AskBash = """
        set -u
        source "$1"
        complete -p livewatcher >/dev/null || exit 3
        read -ra COMP_WORDS <<<"${2//=/ = }"
        [[ $2 != *' ' ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _livewatcher livewatcher "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        [[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
        """;

    /// <summary>zsh shows the line that was typed, then a list: "word  -- description" each on a line, or words in columns; then
    /// the line again.</summary>
    private static List<string> Listed(string screen, string line)
    {
        List<string> offers = [];
        IEnumerable<string> lines = screen.Split('\n').Select(one => one.Trim('\r', ' '));
        foreach (string shown in lines.SkipWhile(one => !one.EndsWith(line.TrimEnd(), StringComparison.Ordinal)).Skip(1)
            .TakeWhile(one => !one.StartsWith(line.TrimEnd(), StringComparison.Ordinal) && !one.Contains("print -r")))
        {
            string[] described = shown.Split(" -- ", 2);
            offers.AddRange(described.Length == 2 ? [described[0].Trim()] : shown.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
        }

        return offers;
    }
}
