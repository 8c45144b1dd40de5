// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Serving;
using Livewatcher.Model;

namespace Livewatcher.Agent.Serving;

/// <summary>What a line of the prompt's language has led to.</summary>
/// <param name="Error">An errno, 0 for none.</param>
/// <param name="Text">What there is to say.</param>
/// <param name="Then">To be done when that has been sent; null for nothing.</param>
public readonly record struct ControlReply(int Error, string Text, Action? Then = null);

/// <summary>What connections are served with.</summary>
/// <param name="Post">Does a request on the session's thread (<see cref="ListenSession.Post"/>).</param>
/// <param name="Control">Does a line of the prompt's language.</param>
/// <param name="Admits">Whether a process may arm itself here.</param>
/// <param name="MayControl">Whether somebody may say lines of the prompt's language.</param>
/// <param name="SendPatience">How long an answer may lie unread before the connection ends.</param>
/// <param name="Packets">How packets are taken and descriptors sent.</param>
/// <param name="SelfArming">Where orders to arm by signal come from.</param>
public sealed record AgentServices(
    Action<ClientRequest, Action<ClientAnswer>> Post, Func<string, Task<ControlReply>> Control,
    Func<PeerCredentials, bool> Admits, Func<PeerCredentials, bool> MayControl, TimeSpan SendPatience,
    IPacketSocket Packets, SelfArmingDesk SelfArming);
