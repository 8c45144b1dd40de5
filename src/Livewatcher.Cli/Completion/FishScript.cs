// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Cli.Surface;

namespace Livewatcher.Cli.Completion;

/// <summary>The completion script for fish (3.4 and later).</summary>
internal static class FishScript
{
    internal static string Write(CommandSurface surface)
    {
        StringBuilder script = new();
        script.Append($"# fish completion for {surface.Name}, made by \"{surface.Name} completion fish\" from the definitions of --help.\n");
        script.Append(Functions);
        script.Append("\ncomplete -c livewatcher -f\n");
        AppendOptions(script, "__livewatcher_expects ''", surface.Options);
        foreach (VerbSurface verb in surface.Verbs)
            script.Append($"complete -c livewatcher -n \"__livewatcher_expects ''\" -a {verb.Name} -d {Quote(HelpText.Brief(verb.Text.Summary))}\n");
        foreach (VerbSurface verb in surface.Verbs)
        {
            script.Append('\n');
            AppendOptions(script, $"__livewatcher_expects {verb.Name}", verb.Options);
            if (Operand(verb.Operand) is { } offer)
                script.Append($"complete -c livewatcher -n '__livewatcher_expects {verb.Name}' -a {offer}\n");
            if (verb.Operand?.Kind == ValueKind.CommandLine)
                script.Append($"complete -c livewatcher -n '__livewatcher_has_program {verb.Name}' -a '(__livewatcher_program)'\n");
        }

        return script.ToString();
    }

    private static void AppendOptions(StringBuilder script, string condition, IEnumerable<OptionSurface> options)
    {
        foreach (OptionSurface option in options)
        {
            script.Append($"complete -c livewatcher -n \"{condition}\"");
            foreach (string name in option.Names)
                script.Append(name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {Quote(name[1..])}");
            script.Append(option.Kind switch
            {
                ValueKind.None => "",
                ValueKind.Word => $" -x -a {Quote(string.Join(' ', option.Words))}",
                ValueKind.File => " -r -F",
                _ => " -x",
            });
            script.Append($" -d {Quote(HelpText.Brief(option.Description))}\n");
        }
    }

    private static string? Operand(OperandSurface? operand) => operand?.Kind switch
    {
        ValueKind.Word => Quote(string.Join(' ', operand.Words)),
        ValueKind.Process => "'(__livewatcher_processes)'",
        ValueKind.File => "'(__fish_complete_path (commandline -ct))'",
        ValueKind.Directory => "'(__fish_complete_directories (commandline -ct))'",
        _ => null,
    };

    /// <summary>Within single quotes fish gives a meaning to the backslash and to the quote itself.</summary>
    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\").Replace("'", "\\'")}'";

    private const string Functions = """

        # Whether the cursor stands where options of this verb may stand; without a name: before any verb.
        function __livewatcher_expects
            set -l words (commandline -opc)
            set -e words[1]
            contains -- -- $words; and return 1
            set -l verb ''
            for word in $words
                if not string match -q -- '-*' $word
                    set verb $word
                    break
                end
            end
            test "$verb" = "$argv[1]"
        end

        # Whether the cursor stands behind the -- of this verb.
        function __livewatcher_has_program
            set -l words (commandline -opc)
            contains -- -- $words; and test "$words[2]" = "$argv[1]"
        end

        # What fish would offer for the program behind -- and its arguments, if they stood alone.
        function __livewatcher_program
            set -l words (commandline -opc)
            set -l dashes (contains -i -- -- $words)
            set -e words[1..$dashes]
            set -l current (commandline -ct)
            if test (count $words) -eq 0
                complete -C "$current"
            else
                complete -C (string join -- ' ' (string escape -- $words) $current)
            end
        end

        # PIDs with their programs' names, and those names.
        function __livewatcher_processes
            for folder in /proc/*
                set -l pid (string match -r '^/proc/([0-9]+)$' -- $folder)[2]; or continue
                set -l name (cat $folder/comm 2>/dev/null); or continue
                string match -qr '^[^[:cntrl:]]+$' -- "$name"; or continue
                echo $pid\t$name
                echo $name
            end
        end

        """;
}
