// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli.Prompt;

/// <summary>Reads commands until the input ends: from the terminal with its prompt, or from a pipe. A pipe's end does not end the
/// listener, for a service has none to begin with.</summary>
/// <param name="terminal">Null where the input is a pipe.</param>
/// <param name="language">Does what it says.</param>
/// <param name="print">Shows what there is to say.</param>
/// <param name="quit">Ends the listener.</param>
internal sealed class CommandReader(PromptTerminal? terminal, CommandLanguage language, Action<string> print, Action quit)
{
    internal void Start() => new Thread(Read) { Name = "lw-prompt", IsBackground = true }.Start();

    private void Read()
    {
        try
        {
            while ((terminal is null ? Console.In.ReadLine() : terminal.ReadLine(CommandLanguage.Complete)) is { } line)
            {
                CommandReply reply = language.DoAsync(line).GetAwaiter().GetResult();
                if (!string.IsNullOrEmpty(reply.Text))
                    print(reply.Text);
                if (!reply.Quit)
                    continue;
                quit();
                return;
            }

            if (terminal is not null)
                quit();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The terminal is gone: the listener goes on, as a service does.
        }
    }
}
