// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Verbs;

RootCommand root = new("livewatcher: who touched this memory? Arms the CPU's debug registers on memory of a live C/C++ program and reports every access.")
{
    RunVerb.Create(),
    AttachVerb.Create(),
    DoctorVerb.Create(),
};
ParseResult parsed = root.Parse(args);
int status = parsed.Invoke();
return parsed.Errors.Count > 0 ? Livewatcher.Cli.ExitCodes.Usage : status;
