// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Agent.Serving;

namespace Livewatcher.Agent.Tests.Serving;

/// <summary>Admits everybody and remembers whom.</summary>
internal sealed class PeerCredentialsSeen
{
    internal PeerCredentials? Last { get; private set; }

    internal bool Note(PeerCredentials peer)
    {
        Last = peer;
        return true;
    }
}
