// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.CommandLine.Parsing;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>Which hits are reported, defined once. These options belong to the watch before them on the command line, and to every
/// watch where they stand before all of them.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string[]> condition = new("--if")
    {
        Description = "Report only hits for which this holds, in C: 'new == 0', '(new & 0xff) != 0x7f', 'new - old != 1', 'new != &g_default', "
            + "'new > g_limit', 'tid == 4121', 'cpu == 1', 'thread == \"worker*\"', 'count > 100'. Repeatable: all must hold. Like --if-changed, "
            + "--expect, --ignore, --only and --ignore-callers it is about the watch before it, or about all where it stands before them.",
        HelpName = "CONDITION",
    };

    private readonly Option<bool> changes = new("--if-changed") { Description = "Report only accesses that change the value." };

    private readonly Option<string[]> expectation = new("--expect")
    {
        Description = "Report only hits for which this does not hold: 'new <= g_cap'. Repeatable: one that does not hold is enough.",
        HelpName = "CONDITION",
    };

    private readonly Option<string[]> ignored = new("--ignore")
    {
        Description = "Do not report what this code does: a function (what is inlined into it counts as itself), FILE:LINE, a module's file name, or "
            + "0xSTART-0xEND. Repeatable.",
        HelpName = "WRITER",
    };

    private readonly Option<string[]> wanted = new("--only") { Description = "Report only what this code does, named as with --ignore. Repeatable.", HelpName = "WRITER" };

    private readonly Option<string[]> callers = new("--ignore-callers")
    {
        Description = "Do not report hits with this code anywhere in their stack, named as with --ignore. Repeatable.",
        HelpName = "WRITER",
    };

    internal IEnumerable<Option> All => [condition, changes, expectation, .. Writers];

    /// <summary>Those that name a writer.</summary>
    internal IEnumerable<Option> Writers => [ignored, wanted, callers];

    /// <summary>The watches in the order of the command line, each with what belongs to it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="watches">The options that begin a watch.</param>
    /// <param name="actions">What is done about what is reported; it belongs to watches the same way.</param>
    /// <param name="arising">Watches that arm themselves, and what belongs to these.</param>
    /// <exception cref="UserException">A value makes no sense.</exception>
    internal List<WatchRequest> Read(
        ParseResult parsed, IReadOnlyDictionary<Option, Func<string, WatchRequest>> watches, ActionOptions actions, ArisingOptions arising)
    {
        Dictionary<string, Option> named = CommandLine.ByName(watches.Keys.Concat(All).Concat(actions.All).Concat(arising.All));
        HashSet<Option> ofArising = [.. arising.All];
        ArisingPolicy policy = ArisingPolicy.Newest;
        WatchRequest Add(WatchRequest request, Option option, string value) => actions.All.Contains(option)
            ? request with { Reaction = actions.Add(request.Reaction, option, value, parsed) }
            : request with { Filter = this.Add(request.Filter, option, value, parsed) };

        WatchRequest common = new("", AccessMode.Write);
        List<WatchRequest> requests = [];
        string? place = null;
        WatchRequest? Begin(Option option, string value) => watches.TryGetValue(option, out Func<string, WatchRequest>? begin) ? begin(value)
            : ofArising.Contains(option) ? arising.Begin(option, value, requests.LastOrDefault()) : null;
        void Begun(WatchRequest request)
        {
            request = place is null ? request : ArisingOptions.At(request, place);
            place = null;
            requests.Add(request with { Arising = request.Arising is { } rule ? rule with { Policy = policy } : null, Filter = common.Filter, Reaction = common.Reaction });
        }

        IReadOnlyList<Token> tokens = parsed.Tokens;
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Type == TokenType.DoubleDash)
                break;
            if (tokens[i].Type != TokenType.Option || !named.TryGetValue(tokens[i].Value, out Option? option))
                continue;
            // A flag may have a value too: --if-changed=false.
            string value = i + 1 < tokens.Count && tokens[i + 1].Type == TokenType.Argument ? tokens[i + 1].Value : "";
            if (option == arising.Place)
                place = place is null ? value : throw NothingAt(place);
            else if (Begin(option, value) is { } request)
                Begun(request);
            else if (ofArising.Contains(option) && requests.Count > 0)
                requests[^1] = arising.With(requests[^1], option, value);
            else if (ofArising.Contains(option))
                policy = arising.IsPolicy(option) ? ArisingOptions.PolicyOf(value) : throw new UserException($"{option.Name} is about the watch before it, and there is none");
            else if (requests.Count == 0)
                common = Add(common, option, value);
            else
                requests[^1] = Add(requests[^1], option, value);
        }

        if (place is not null)
            throw NothingAt(place);
        requests.ForEach(ActionOptions.Check);
        return [.. requests.Select(ArisingOptions.Finish)];
    }

    private static UserException NothingAt(string place) => new($"--at {place}: what is to be watched there? Give --watch EXPR behind it");

    private HitFilter Add(HitFilter filter, Option option, string value, ParseResult parsed)
    {
        if (option == changes)
            return filter with { ChangesOnly = parsed.GetValue(changes) };
        if (option == condition)
            return filter with { Conditions = [.. filter.Conditions, value] };
        if (option == expectation)
            return filter with { Expectations = [.. filter.Expectations, value] };
        if (option == ignored)
            return filter with { Ignored = [.. filter.Ignored, Rule(option, value)] };
        return option == wanted
            ? filter with { Wanted = [.. filter.Wanted, Rule(option, value)] }
            : filter with { IgnoredCallers = [.. filter.IgnoredCallers, Rule(option, value)] };
    }

    private static WriterRule Rule(Option option, string value)
    {
        try
        {
            return WriterRule.Parse(value);
        }
        catch (UserException e)
        {
            throw new UserException($"{option.Name}: {e.Message}");
        }
    }
}
