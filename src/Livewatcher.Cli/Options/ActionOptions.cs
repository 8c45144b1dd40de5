// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>What is done about reported hits, defined once. Like filters these options belong to the watch before them.</summary>
internal sealed class ActionOptions
{
    private readonly Option<string[]> onHit = new("--on-hit")
    {
        Description = "What to do about each reported hit besides printing it: stop (SIGSTOP before the thread runs on), gdb (stop, end, and start gdb there), core or 'core PREFIX' (a core file, by gdb), 'signal NAME' (to the thread), kill, "
            + "'exec COMMAND' (with the hit as JSON on its standard input), 'snapshot EXPR; EXPR' (show these too). Repeatable. Like --after and --once it is about the watch before it, or about all where it stands before them (docs/actions.md).",
        HelpName = "ACTION",
    };

    private readonly Option<long[]> after = new("--after")
    {
        Description = "Act from the Nth reported hit of the watch on, not from the first.",
        HelpName = "N",
    };

    private readonly Option<bool> once = new("--once") { Description = "Act on one hit of the watch only." };

    internal IEnumerable<Option> All => [onHit, after, once];

    /// <summary>Takes one of these options in.</summary>
    /// <param name="reaction">What has been said so far.</param>
    /// <param name="option">One of <see cref="All"/>.</param>
    /// <param name="value">As written.</param>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="UserException">It makes no sense.</exception>
    internal HitReaction Add(HitReaction reaction, Option option, string value, ParseResult parsed)
    {
        if (option == once)
            return reaction with { Once = parsed.GetValue(once) };
        if (option == after)
        {
            return long.TryParse(value, out long number) && number >= 1
                ? reaction with { After = number }
                : throw new UserException($"--after {value}: a number of hits is meant, from 1");
        }

        return HitActions.Parse(value) is not { } action ? reaction : reaction with { Actions = [.. reaction.Actions, action] };
    }

    /// <exception cref="UserException">What has been said of a watch's hits does not go together.</exception>
    internal static void Check(WatchRequest request)
    {
        HitReaction reaction = request.Reaction;
        if (reaction.IsNone && (reaction.Once || reaction.After > 1))
            throw new UserException($"{request.Expression}: --after and --once say when to act; give --on-hit too");
        if (reaction.Actions.Where(action => action.SendsSignal).Skip(1).FirstOrDefault() is { } second)
            throw new UserException($"{request.Expression}: --on-hit {reaction.Signal!.Text} and --on-hit {second.Text}: one of them");
    }
}
