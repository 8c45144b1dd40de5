// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli.WatchFiles;

/// <summary>A key of a watch file with what it is set to, whatever the file is written in.</summary>
/// <param name="Name">As written.</param>
/// <param name="Value">Its value.</param>
/// <param name="Line">From 1.</param>
internal sealed record FileKey(string Name, FileValue Value, int Line);

/// <summary>A value of a watch file.</summary>
internal abstract record FileValue
{
    private FileValue()
    {
    }

    /// <summary>A text, or a number as it is written.</summary>
    internal sealed record Text(string Content) : FileValue;

    internal sealed record Flag(bool IsSet) : FileValue;

    internal sealed record List(IReadOnlyList<FileValue> Items) : FileValue;

    internal sealed record Table(IReadOnlyList<FileKey> Keys) : FileValue;
}

/// <summary>What is wrong with a watch file, and where.</summary>
internal sealed class WatchFileException(int line, string message) : Exception(message)
{
    /// <summary>From 1.</summary>
    internal int Line { get; } = line;
}
