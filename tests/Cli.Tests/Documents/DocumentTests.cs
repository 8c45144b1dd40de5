// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Verbs;
using Xunit;

namespace Livewatcher.Cli.Tests.Documents;

/// <summary>Every command in the documents is one: livewatcher's own parse by their definitions, targets of make exist, others are known by name.
/// Live Documents runs them: RunDocumentTests those in blocks that are marked as run, whose output is compared, BookTests all others.</summary>
public sealed partial class DocumentTests
{
    /// <summary>Options in prose that are other programs'.</summary>
    private static readonly string[] ForeignOptions = ["--on-host", "--swap", "--jobs", "--dump-path", "--call-graph", "--only-keep-debug", "--cap-add"];

    private static readonly RootCommand Root = MakeRoot();

    public static TheoryData<string> Documents =>
        [.. Directory.GetFiles(Path.Combine(Binary.Root, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}").Append("README.md").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void EveryCommandIsOne(string file)
    {
        List<string> wrong = [];
        foreach (FencedBlock block in FencedBlock.Read(Binary.Root, file).Blocks)
        {
            foreach ((int line, string text) in block.Commands())
                wrong.AddRange(ShellLine.Parse(text).Select(Check).OfType<string>().Select(why => $"{file}:{line}: {text}\n  {why}"));
            foreach (string line in block.Lines.Where(line => line.StartsWith("livewatcher ", StringComparison.Ordinal) && !block.Commands().Any(command => command.Command == line)))
                wrong.Add($"{file}:{block.Line}: {line}\n  it looks like a command among what is none");
        }

        string.Join('\n', wrong).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void EveryVerbAndOptionInProseExists(string file)
    {
        string prose = FencedBlock.Read(Binary.Root, file).Prose;
        List<string> wrong = [];
        foreach (string code in Code().Matches(prose).Select(match => match.Groups["code"].Value))
        {
            List<string> words = ShellLine.Parse(code) is [var first, ..] ? first : [];
            if (words is ["livewatcher", ..] && words.Count > 1)
            {
                Command? verb = words[1].StartsWith('-') ? Root : Root.Subcommands.FirstOrDefault(one => one.Name == words[1]);
                if (verb is null)
                    wrong.Add($"{code}: there is no such verb");
                else
                    wrong.AddRange(words.TakeWhile(word => word != "--").Where(word => word.StartsWith("--", StringComparison.Ordinal) && !Has(verb, word)).Select(word => $"{code}: {verb.Name} has no {word}"));
            }
            else if (words is [var option, ..] && option.StartsWith("--", StringComparison.Ordinal) && option.Length > 2
                && !Root.Subcommands.Append(Root).Any(verb => Has(verb, option)) && !ForeignOptions.Contains(option.Split('=')[0]))
            {
                wrong.Add($"{code}: no verb has that option");
            }
        }

        string.Join('\n', wrong).Should().BeEmpty();
    }

    /// <summary>The table of contents is docs/README.md; nothing is left out of the book.</summary>
    [Fact]
    public void TheTableOfContentsNamesEveryDocument()
    {
        string contents = File.ReadAllText(Path.Combine(Binary.Root, "docs", "README.md"));
        foreach (string file in Documents.Select(row => row.Data).Where(file => file.StartsWith("docs/", StringComparison.Ordinal) && file != "docs/README.md"))
            contents.Should().Contain($"({Path.GetFileName(file)})");
        foreach (Match link in Link().Matches(contents))
            File.Exists(Path.Combine(Binary.Root, "docs", link.Groups["to"].Value)).Should().BeTrue(link.Value);
    }

    [Theory]
    [InlineData("livewatcher run --wach g_x -- ./server", false)]
    [InlineData("livewatcher attach --watch g_x", false)]
    [InlineData("livewatcher recrod x", false)]
    [InlineData("livewatchr run --watch g_x -- ./server", false)]
    [InlineData("make tset", false)]
    [InlineData("A=1 sudo livewatcher report a.lwr --format folded | flamegraph.pl >x.svg   # a picture", true)]
    [InlineData("source <(livewatcher completion bash)", true)]
    [InlineData("livewatcher attach server --watch g_x --on-hit signal USR1 2>/dev/null", true)]
    public void TheMechanismTellsRightFromWrong(string command, bool right) => ShellLine.Parse(command).All(one => Check(one) is null).Should().Be(right);

    /// <returns>Null where nothing is wrong.</returns>
    private static string? Check(List<string> words)
    {
        if (words[0] is "[" or "{" or "}" or "exit" or "do" or "done")
            return null;
        if (!FencedBlock.Programs.Contains(words[0]))
            return $"{words[0]}: is that a program? (FencedBlock.Programs)";
        if (words[0] == "make")
            return words.Skip(1).Where(word => !word.Contains('=') && !Targets().Contains(word)).Select(word => $"make has no target {word}").FirstOrDefault();
        if (words[0] != "livewatcher")
            return null;
        // What is no option is taken for the program to be run, or for the process.
        Command? verb = Root.Subcommands.FirstOrDefault(one => one.Name == words.ElementAtOrDefault(1));
        if (verb is not null && words.Skip(2).TakeWhile(word => word != "--").FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal) && !Has(verb, word)) is { } unknown)
            return $"{verb.Name} has no {unknown}";
        ParseResult parsed = CommandLine.Parse(Root, HitActions.Join([.. words.Skip(1)]));
        return parsed.Errors.Count == 0 ? null : UsageErrors.Describe(parsed.Errors[^1]);
    }

    private static HashSet<string> Targets() =>
        [.. File.ReadLines(Path.Combine(Binary.Root, "Makefile")).Select(line => Target().Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value)];

    private static bool Has(Command verb, string option) => option is "--help" or "--version" || verb.Options.Any(one => one.Name == option.Split('=')[0] || one.Aliases.Contains(option.Split('=')[0]));

    private static RootCommand MakeRoot()
    {
        RootCommand root = new("livewatcher");
        foreach (Type verb in typeof(RunVerb).Assembly.GetTypes().Where(type => type.Namespace == typeof(RunVerb).Namespace && type.Name.EndsWith("Verb", StringComparison.Ordinal)))
            root.Subcommands.Add((Command)verb.GetMethod("Create", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.Invoke(null, null)!);
        return root;
    }

    [GeneratedRegex("(?<!`)`(?<code>[^`\n]+)`(?!`)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\((?<to>[^):#]+)\)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Link();

    [GeneratedRegex("^(?<name>[a-z-]+):", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Target();
}
