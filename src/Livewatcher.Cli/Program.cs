// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Verbs;

if (args is ["--version"])
    return ProductVersion.Print(Console.Out); // before all verbs are made, for nothing

RootCommand root = new("livewatcher: who touched this memory? Arms the CPU's debug registers on memory of a live C/C++ program and reports every access.")
{
    RunVerb.Create(),
    AttachVerb.Create(),
    ListenVerb.Create(),
    CtlVerb.Create(),
    ReportVerb.Create(),
    DiffVerb.Create(),
    CheckVerb.Create(),
    DoctorVerb.Create(),
    CompletionVerb.Create(),
    ManVerb.Create(),
};
root.Options.OfType<VersionOption>().Single().Action = new ProductVersion();
ParseResult parsed = CommandLine.Parse(root, HitActions.Join(args));
if (parsed.Errors.Count == 0)
    return parsed.Invoke();
UsageErrors.Print(parsed, Console.Error);
return ExitCodes.Usage;
