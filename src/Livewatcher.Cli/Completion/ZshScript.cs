// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Cli.Surface;

namespace Livewatcher.Cli.Completion;

/// <summary>The completion script for zsh. As a file _livewatcher in $fpath it is found by compinit; it may be sourced as well.</summary>
internal static class ZshScript
{
    internal static string Write(CommandSurface surface)
    {
        StringBuilder script = new();
        script.Append("#compdef livewatcher\n");
        script.Append($"# zsh completion for {surface.Name}, made by \"{surface.Name} completion zsh\" from the definitions of --help.\n\n");
        script.Append(Processes);
        script.Append("\n_livewatcher_verbs() {\n    local -a verbs=(\n");
        foreach (VerbSurface verb in surface.Verbs)
            script.Append($"        {Quote($"{verb.Name}:{HelpText.Brief(verb.Text.Summary)}")}\n");
        script.Append("    )\n    _describe -t commands verb verbs\n}\n");
        script.Append("\n_livewatcher() {\n    local context state state_descr line ret=1\n    typeset -A opt_args\n    _arguments -C -S \\\n");
        AppendOptions(script, surface.Options, "        ");
        script.Append("        '1: :_livewatcher_verbs' \\\n        '*:: :->rest' && ret=0\n");
        script.Append("    [[ $state == rest ]] || return ret\n    case $words[1] in\n");
        foreach (VerbSurface verb in surface.Verbs)
            AppendVerb(script, verb);
        script.Append("    esac\n    return ret\n}\n\n");
        script.Append("# Found in $fpath it is called at once; sourced it says for which command it is.\n");
        script.Append("if [[ $funcstack[1] == _livewatcher ]]; then\n    _livewatcher \"$@\"\nelse\n    compdef _livewatcher livewatcher\nfi\n");
        return script.ToString();
    }

    private static void AppendVerb(StringBuilder script, VerbSurface verb)
    {
        script.Append($"        {verb.Name})\n            _arguments -S \\\n");
        AppendOptions(script, verb.Options, "                ");
        string[] operands = verb.Operand switch
        {
            null => [],
            { Kind: ValueKind.CommandLine, Name: var name } => [$"'(-):{name}:_command_names -e'", "'*:: :_normal'"],
            { Kind: ValueKind.Process, Name: var name } => [$"'1:{name}:_livewatcher_processes'"],
            { Kind: ValueKind.File, Name: var name } => [$"'*:{name}:_files'"],
            { Kind: ValueKind.Directory, Name: var name } => [$"'1:{name}:_files -/'"],
            { Kind: ValueKind.Word } operand => [$"'1:{operand.Name}:({string.Join(' ', operand.Words)})'"],
            { Name: var name } => [$"'1:{name}: '"],
        };
        foreach (string operand in operands)
            script.Append($"                {operand} \\\n");
        script.Append("                && ret=0\n            ;;\n");
    }

    private static void AppendOptions(StringBuilder script, IEnumerable<OptionSurface> options, string indent)
    {
        foreach (OptionSurface option in options)
        {
            // One that may be repeated excludes nothing; each name of another excludes them all.
            string prefix = option.Repeatable ? "*" : $"({string.Join(' ', option.Names)})";
            string value = option.Kind switch
            {
                ValueKind.None => "",
                ValueKind.Word => $":{option.Names[^1].TrimStart('-')}:({string.Join(' ', option.Words)})",
                ValueKind.File => $":{option.ValueName}:_files",
                _ => $":{option.ValueName}: ",
            };
            // Only a long name takes its value behind an equals sign.
            foreach (string name in option.Names)
            {
                string form = option.Kind == ValueKind.None || !name.StartsWith("--", StringComparison.Ordinal) ? name : $"{name}=";
                script.Append($"{indent}{Quote($"{prefix}{form}[{Escape(HelpText.Brief(option.Description))}]{value}")} \\\n");
            }
        }
    }

    /// <summary>Within the brackets of a specification.</summary>
    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("[", "\\[").Replace("]", "\\]").Replace(":", "\\:");

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''")}'";

    private const string Processes = """
        # PIDs with their programs' names, and those names.
        _livewatcher_processes() {
            local folder name
            local -a pids names
            for folder in /proc/<->(/N); do
                { name=$(<$folder/comm) } 2>/dev/null || continue
                [[ -n $name && $name != *[[:cntrl:]]* ]] || continue
                pids+=("${folder:t}:$name")
                names+=("${name//:/\\:}")
            done
            _describe -t processes PID pids -- names
        }

        """;
}
