// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Output;
using Livewatcher.Linux.Probing;
using Livewatcher.Model;
using Livewatcher.Symbols.Servers;

namespace Livewatcher.Cli.Options;

/// <summary>--debuginfod, defined once. Not on by itself where the variable is set: some distributions set it for everybody, and to ask tells
/// a server what is being watched.</summary>
internal sealed class DebuginfodOption
{
    internal Option<bool> Option { get; } = new("--debuginfod")
    {
        Description = "Ask the servers of DEBUGINFOD_URLS for debug information and source lines that are not on this machine (docs/sources.md).",
    };

    /// <returns>Null: nobody is asked.</returns>
    /// <exception cref="UserException">The environment names no server, or one that takes OpenSSL where there is none.</exception>
    internal Debuginfod? Read(ParseResult parsed)
    {
        if (!parsed.GetValue(Option))
            return null;
        Debuginfod servers = Debuginfod.FromEnvironment(Environment.GetEnvironmentVariable, DownloadLine.OnTerminal())
            ?? throw new UserException("--debuginfod: DEBUGINFOD_URLS names no server: DEBUGINFOD_URLS=https://SERVER livewatcher ...");
        return servers.Encrypts && !SharedLibrary.IsThere("libssl.so.3", "libssl.so.1.1")
            ? throw new UserException("--debuginfod: https takes OpenSSL (libssl.so.3), which is not installed here")
            : servers;
    }
}
