// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Starts commands for hits.</summary>
public interface IHitCommands
{
    /// <summary>Does not wait for the command.</summary>
    /// <param name="command">For the shell.</param>
    /// <param name="hit">Handed to the command.</param>
    CommandStart Run(string command, Hit hit);
}

/// <summary>A command that was to be started.</summary>
/// <param name="Process">The shell's process; null where none was started.</param>
/// <param name="Failure">errno(3) by name; null without a process: too many of them run.</param>
public readonly record struct CommandStart(int? Process, string? Failure);
