// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>--rotate: more watches than debug registers.</summary>
internal sealed class RotateOption
{
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(500);

    /// <summary>A change takes some 10 ms, in which nobody has the registers that are given on.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    internal Option<string?> Option { get; } = new("--rotate")
    {
        Description = "Where there are more watches than debug registers, even with neighbours in one register, let them take turns, of 500ms or of this time: 50ms to 1h. Each one's share of the time is told at the end.",
        HelpName = "TIME",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The length of a turn; null where nobody takes turns.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="requests">What is to be watched.</param>
    /// <param name="followFork">Children are watched too.</param>
    /// <param name="flood">The flood limit.</param>
    /// <exception cref="UserException">The time is none, or it does not go with something else.</exception>
    internal TimeSpan? Read(ParseResult parsed, IReadOnlyList<WatchRequest> requests, bool followFork, FloodSettings flood)
    {
        if (parsed.GetResult(Option) is null)
            return null;
        TimeSpan turn = parsed.GetValue(Option) is { } text ? ParseTurn(text) : Usual;
        if (followFork)
            throw new UserException("--rotate does not go with --follow-fork: a child that comes while registers change hands would have some of them only");
        if (flood.Answer == FloodAnswer.Pause)
            throw new UserException("--rotate does not go with --flood pause: a register that is switched off is another watch's by the time it comes on again");
        if (requests.FirstOrDefault(request => request.Arising is not null) is { } arising)
            throw new UserException($"--rotate does not go with '{arising.Expression}': what arms itself has its debug registers for itself");
        return turn;
    }

    /// <summary>A value is optional, so the word behind the option may be meant for something else.</summary>
    private static TimeSpan ParseTurn(string text)
    {
        TimeSpan turn;
        try
        {
            turn = Quantities.ParseTime(text, "--rotate");
        }
        catch (UserException e)
        {
            throw new UserException($"{e.Message}; where none is meant, let another option follow");
        }

        return turn >= Shortest && turn <= Longest ? turn : throw new UserException($"--rotate {text}: 50ms to 1h");
    }
}
