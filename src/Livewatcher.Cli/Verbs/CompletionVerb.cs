// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Completion;
using Livewatcher.Cli.Surface;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher completion: prints a script that teaches a shell this command line.</summary>
internal static class CompletionVerb
{
    internal static Command Create()
    {
        Argument<string> shell = new("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "fish", "zsh");
        Command command = new("completion", "Print a completion script for a shell.\n\n"
            + "The script stands by itself: it does not start livewatcher.\n\n"
            + "Examples:\n"
            + "  source <(livewatcher completion bash)\n"
            + "  livewatcher completion zsh > ~/.zfunc/_livewatcher\n"
            + "  livewatcher completion fish > ~/.config/fish/completions/livewatcher.fish\n\n"
            + "Exit status: 0.")
        {
            shell,
        };
        command.SetAction(parsed => Execute(CommandSurface.Of(parsed.RootCommandResult.Command), parsed.GetValue(shell)!));
        return command;
    }

    private static int Execute(CommandSurface surface, string shell)
    {
        Console.Out.Write(shell switch
        {
            "bash" => BashScript.Write(surface),
            "zsh" => ZshScript.Write(surface),
            _ => FishScript.Write(surface),
        });
        return ExitCodes.Success;
    }
}
