// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Agent.Serving;
using Livewatcher.Agent.Wire;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;

namespace Livewatcher.Fuzz.Targets;

/// <summary>The input is a packet that a program has sent to the listener: none, or a request within the limits of wire.h that is
/// the sender's own.</summary>
internal static class WireTarget
{
    private const long Connection = 9;
    private static readonly ProcessId Sender = new(1234);

    internal static void Run(byte[] input)
    {
        if (!WireMessage.TryRead(input, out WireHeader header, out string text))
            return;
        Claim.Holds(text.Length <= WireConstants.LW_WIRE_TEXT, "a text has at most as many characters as bytes");
        SelfArmingLink link = new((_, _) => 0);
        link.Deliver(header, null);
        link.End();
        if (RequestReader.Read(Sender, Connection, header, text) is not { } request)
            return;
        Claim.Holds(request.Process == Sender, "a request is its sender's");
        switch (request)
        {
            case ClientRequest.Set set:
                Claim.Holds(set.Number is >= 0 and < WireConstants.LW_WIRE_WATCHERS, "a watcher is one of the four");
                Claim.Holds(set.Slot.Length is 1 or 2 or 4 or 8 && set.Slot.Address.Value % (ulong)set.Slot.Length == 0, "a register can hold it");
                Claim.Holds(Enum.IsDefined(set.Slot.Mode), "a mode is one that there is");
                break;
            case ClientRequest.Reset reset:
                Claim.Holds(reset.Number is >= 0 and < WireConstants.LW_WIRE_WATCHERS, "a watcher is one of the four");
                break;
            case ClientRequest.Setting setting:
                Claim.Holds(ListenSettings.Names.Contains(setting.Name), "a setting has a name");
                break;
            case ClientRequest.Recovered recovered:
                Claim.Holds(recovered.Lost >= 0, "none can be lost less than not at all");
                break;
        }
    }
}
