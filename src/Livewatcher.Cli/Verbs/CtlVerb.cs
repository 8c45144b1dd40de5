// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Agent.Serving;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher ctl: says a command of the prompt to a listener that runs elsewhere.</summary>
internal static class CtlVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static Command Create()
    {
        Option<string?> socket = new("--socket") { Description = "The listener's socket, where it is not in the usual place.", HelpName = "PATH" };
        Argument<string[]> words = new("command")
        {
            Description = "As at the prompt: status, watches, dr, set NAME VALUE, dump [FILE], help, quit.",
            Arity = ArgumentArity.OneOrMore,
        };
        words.CompletionSources.Add("status", "watches", "dr", "set", "dump", "help", "quit");
        Command command = new("ctl", "Say a command to a running livewatcher listen: its settings, its state.\n\n"
            + "Examples:\n"
            + "  livewatcher ctl status\n"
            + "  livewatcher ctl set record_watcher 5\n"
            + "  livewatcher ctl dump crash.lwr\n\n"
            + "Exit status: 0; 2 where nobody listens, or the command was refused.")
        {
            socket,
            words,
        };
        command.SetAction(parsed => WatchCommand.Guarded(() => Execute(parsed.GetValue(socket), parsed.GetValue(words)!)));
        return command;
    }

    private static int Execute(string? socket, string[] words)
    {
        if (words is ["dump", var file])
            words = ["dump", Path.GetFullPath(file)]; // the listener has another working directory
        (int error, string reply) = ControlClient.Ask(socket, string.Join(' ', words), Patience);
        if (error != 0)
            return WatchCommand.Fail(reply.TrimEnd('\n'));
        Console.Out.Write(reply);
        return ExitCodes.Success;
    }
}
