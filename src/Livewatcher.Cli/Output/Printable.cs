// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli.Output;

/// <summary>Text from arguments and targets, for a terminal: control characters are written out, none is sent.</summary>
internal static class Printable
{
    internal static string Of(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString()));
}
