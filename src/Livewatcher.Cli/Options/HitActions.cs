// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Cli.Acting;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>The values of --on-hit: a word, and for some what belongs to it.</summary>
internal static class HitActions
{
    /// <summary>Words that another one belongs to.</summary>
    private static readonly string[] Taking = ["signal", "exec", "snapshot"];

    /// <summary>--on-hit signal USR1 is as good as --on-hit 'signal USR1'.</summary>
    internal static string[] Join(string[] arguments)
    {
        List<string> joined = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--")
                return [.. joined, .. arguments[i..]];
            bool takes = i + 1 < arguments.Length && !arguments[i + 1].StartsWith('-') && Taking.Any(word => arguments[i] == $"--on-hit={word}" || (arguments[i] == word && joined.LastOrDefault() == "--on-hit"));
            joined.Add(takes ? $"{arguments[i]} {arguments[++i]}" : arguments[i]);
        }

        return [.. joined];
    }

    /// <returns>Null for what is done anyway.</returns>
    /// <exception cref="UserException">It is no action.</exception>
    internal static HitAction? Parse(string text)
    {
        string[] parts = text.Trim().Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string word = parts.Length > 0 ? parts[0] : "", rest = parts.Length > 1 ? parts[1] : "";
        if (rest.Length > 0 && word != "core" && !Taking.Contains(word))
            throw new UserException($"--on-hit {text}: {(word is "print" or "stop" or "kill" or "gdb" ? $"{word} takes nothing further" : Expected)}");
        return word switch
        {
            "print" => null,
            "stop" => Sending(ActionKind.Stop, text, SignalNames.Stop),
            "gdb" => Sending(ActionKind.Gdb, text, SignalNames.Stop),
            "core" => Core(text, rest),
            "kill" => Sending(ActionKind.Kill, text, SignalNames.Kill),
            "signal" => Signal(text, rest),
            "exec" when rest.Length > 0 => new HitAction(ActionKind.Exec, text.Trim()) { Command = rest },
            "exec" => throw new UserException($"--on-hit {text}: which command? --on-hit 'exec ./notify.sh'"),
            "snapshot" => Snapshot(text, rest),
            _ => throw new UserException($"--on-hit {text}: {Expected}"),
        };
    }

    private static string Expected => "print, stop, gdb, core, 'signal NAME', kill, 'exec COMMAND' or 'snapshot EXPR' is meant";

    /// <summary>What stops or kills the whole process does so whomever it is sent to.</summary>
    private static HitAction Signal(string text, string name) => SignalNames.Parse(name) switch
    {
        null => throw new UserException(name.Length == 0
            ? $"--on-hit {text}: which one? --on-hit 'signal USR1'"
            : $"--on-hit {text}: there is no signal {name}; signal(7) lists them, and real-time ones are RTMIN to RTMAX, or RTMIN+3"),
        SignalNames.Stop => Sending(ActionKind.Stop, text, SignalNames.Stop),
        SignalNames.Kill => Sending(ActionKind.Kill, text, SignalNames.Kill),
        var number => Sending(ActionKind.Signal, text, number.Value),
    };

    private static HitAction Core(string text, string prefix) => prefix.Any(char.IsControl)
        ? throw new UserException("--on-hit core: no control characters in the file's name, please: gdb is told it on its command line")
        : new HitAction(ActionKind.Core, text.Trim()) { CorePrefix = prefix.Length > 0 ? prefix : "core" };

    private static HitAction Snapshot(string text, string rest)
    {
        string[] expressions = rest.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return expressions.Length > 0
            ? new HitAction(ActionKind.Snapshot, text.Trim()) { Expressions = expressions }
            : throw new UserException($"--on-hit {text}: of what? --on-hit 'snapshot g_queue; q->len'");
    }

    private static HitAction Sending(ActionKind kind, string text, int signal) =>
        new(kind, text.Trim()) { Signal = signal, SignalName = SignalNames.NameOf(signal) };
}
