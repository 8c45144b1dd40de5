// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Expressions;

/// <summary>Ends a resolving with a reason. Never leaves this folder: WatchResolver turns it into its value.</summary>
internal sealed class RefusalException(string reason, bool mayComeLater = false) : Exception(reason)
{
    internal bool MayComeLater => mayComeLater;

    /// <summary>The answer for the user.</summary>
    internal WatchResolution Resolution => mayComeLater
        ? new WatchResolution.UnknownName(Message)
        : new WatchResolution.Impossible(Message);
}
