// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Livewatcher.Cli.Options;

/// <summary>--version: name and version on one line, as MinVer has made it from the tags.</summary>
internal sealed class ProductVersion : SynchronousCommandLineAction
{
    /// <summary>With the commit behind a plus sign.</summary>
    internal static string Full { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    internal static string Short => Full.Split('+')[0];

    public override int Invoke(ParseResult parseResult) => Print(parseResult.InvocationConfiguration.Output);

    internal static int Print(TextWriter output)
    {
        output.WriteLine($"livewatcher {Full}");
        return ExitCodes.Success;
    }
}
