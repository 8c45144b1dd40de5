// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Cli.Tests;

/// <summary>Of a watch whose values nobody formats.</summary>
internal sealed class NoFormat : IValueFormat
{
    internal static NoFormat Instance { get; } = new();

    public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf) => throw new NotSupportedException("Nobody formats here.");
}
