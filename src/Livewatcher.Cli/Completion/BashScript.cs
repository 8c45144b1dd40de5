// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Cli.Surface;

namespace Livewatcher.Cli.Completion;

/// <summary>The completion script for bash. It needs nothing but bash itself; where the bash-completion package is loaded, a
/// watched program's own arguments are completed by that program's own script.</summary>
internal static class BashScript
{
    internal static string Write(CommandSurface surface)
    {
        StringBuilder script = new();
        script.Append($"# bash completion for {surface.Name}, made by \"{surface.Name} completion bash\" from the definitions of --help.\n\n");
        AppendTables(script, surface);
        script.Append(Body);
        return script.ToString();
    }

    private static void AppendTables(StringBuilder script, CommandSurface surface)
    {
        script.Append("# Names of the options of a verb; without a verb, what may stand there.\n_livewatcher_options() {\n    case $1 in\n");
        AppendCase(script, "''", $"names=({Names(surface.Options)})");
        foreach (VerbSurface verb in surface.Verbs)
            AppendCase(script, verb.Name, $"names=({Names(verb.Options)})");
        script.Append("        *) names=() ;;\n    esac\n}\n\n");

        script.Append("# What the value of an option is, and the words it may be; fails where the option takes none.\n_livewatcher_value() {\n    words=()\n    case \"$1 $2\" in\n");
        foreach (VerbSurface verb in surface.Verbs)
        {
            foreach (OptionSurface option in verb.Options.Where(option => option.Kind != ValueKind.None))
            {
                string patterns = string.Join(" | ", option.Names.Select(name => $"'{verb.Name} {name}'"));
                AppendCase(script, patterns, $"kind={Kind(option.Kind)} words=({string.Join(' ', option.Words)})");
            }
        }

        script.Append("        *) return 1 ;;\n    esac\n}\n\n");

        script.Append("# What stands without an option.\n_livewatcher_operand() {\n    words=()\n    case $1 in\n");
        AppendCase(script, "''", $"kind=word words=({string.Join(' ', surface.Verbs.Select(verb => verb.Name))})");
        foreach (VerbSurface verb in surface.Verbs.Where(verb => verb.Operand is not null))
            AppendCase(script, verb.Name, $"kind={Kind(verb.Operand!.Kind)} words=({string.Join(' ', verb.Operand.Words)})");
        script.Append("        *) kind=text ;;\n    esac\n}\n");
    }

    private static void AppendCase(StringBuilder script, string pattern, string action) => script.Append($"        {pattern}) {action} ;;\n");

    // A pattern to the shell, in quotes: -? would be one.
    private static string Names(IEnumerable<OptionSurface> options) =>
        string.Join(' ', options.SelectMany(option => option.Names).Select(name => $"'{name}'"));

    private static string Kind(ValueKind kind) => kind switch
    {
        ValueKind.Word => "word",
        ValueKind.File => "file",
        ValueKind.Directory => "directory",
        ValueKind.Process => "process",
        ValueKind.CommandLine => "program",
        _ => "text",
    };

    private const string Body = """

        # Those of the words that begin as the current one. No compgen -W: it would evaluate them, and processes choose their names.
        _livewatcher_offer() {
            local word
            for word in "$@"; do
                [[ $word != "$current"* ]] || COMPREPLY+=("$(printf '%q' "$word")")
            done
        }

        # What compgen finds for these flags, a file name or command on each line.
        _livewatcher_offer_found() {
            local flag file
            compopt -o filenames 2>/dev/null
            for flag in "$@"; do
                while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen "$flag" -- "$current")
            done
        }

        _livewatcher_offer_processes() {
            local folder name
            local -A seen=()
            for folder in /proc/[0-9]*; do
                _livewatcher_offer "${folder#/proc/}"
                # A process may be gone by now.
                { IFS= read -r name <"$folder/comm"; } 2>/dev/null || continue
                [[ -z $name || -n ${seen[$name]-} ]] || _livewatcher_offer "$name"
                [[ -z $name ]] || seen[$name]=1
            done
        }

        _livewatcher() {
            local current=${COMP_WORDS[COMP_CWORD]} verb= option= ended= first=0 kind= word i
            local -a words=() names=()
            COMPREPLY=()
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [[ -n $option && $word == = ]]; then
                    continue # bash takes --name=value apart
                elif [[ -n $option ]]; then
                    option=
                elif [[ -z $verb ]]; then
                    [[ $word == -* ]] || verb=$word
                elif [[ -z $ended && $word == -- ]]; then
                    ended=1
                elif [[ -z $ended && $word == -* ]]; then
                    ! _livewatcher_value "$verb" "$word" || option=$word
                elif ((first == 0)); then
                    first=$i
                fi
            done

            if [[ -n $option ]]; then
                [[ $current != = ]] || current=
                _livewatcher_value "$verb" "$option"
            elif [[ -z $ended && $current == -* ]]; then
                _livewatcher_options "$verb"
                kind=word words=("${names[@]}")
            elif ((first > 0)); then
                _livewatcher_operand "$verb"
                [[ $kind == program ]] || return 0
                if declare -F _command_offset >/dev/null; then
                    _command_offset "$first"
                    return
                fi
                kind=file
            else
                _livewatcher_operand "$verb"
            fi

            case $kind in
                word) _livewatcher_offer "${words[@]}" ;;
                file) _livewatcher_offer_found -f ;;
                directory) _livewatcher_offer_found -d ;;
                program) _livewatcher_offer_found -c -f ;;
                process) _livewatcher_offer_processes ;;
            esac
        }

        complete -F _livewatcher livewatcher

        """;
}
