// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Cli.Screen;

/// <summary>What a screen can have done by a watching that goes on. Called on the screen's thread.</summary>
internal sealed record ScreenActions
{
    /// <summary>Ends the watching.</summary>
    internal required Action Quit { get; init; }

    /// <summary>Asks for the account so far; null where nothing goes on.</summary>
    internal Action<Action<RunProgress>>? Observe { get; init; }

    /// <summary>Has a writer ignored, and tells whether that could be done; null where nothing goes on.</summary>
    internal Action<Hit, Action<bool>>? Ignore { get; init; }

    /// <summary>Writes the newest hits to a file, and says so; null where they are in one already. Throws UserException.</summary>
    internal Func<string, string>? Record { get; init; }
}
