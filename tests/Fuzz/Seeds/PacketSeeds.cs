// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Agent.Wire;

namespace Livewatcher.Fuzz.Seeds;

/// <summary>A packet of each kind, and packets whose lengths do not agree.</summary>
internal static class PacketSeeds
{
    internal static IEnumerable<(string Name, byte[] Bytes)> All()
    {
        foreach (WireKind kind in Enum.GetValues<WireKind>())
        {
            WireHeader header = new()
            {
                Kind = kind, Sequence = 7, Tid = 42, Watcher = 1, Length = 8, Mode = 1, Address = 0x7000, Setting = WireSetting.LW_WIRE_RECORD_WATCHER, Value = 2,
            };
            header.Registers[19] = 0x7ffe_0000_0000;
            yield return (kind.ToString()["LW_WIRE_".Length..].ToLowerInvariant(), WireMessage.Write(header, "a label"u8));
        }

        byte[] longest = WireMessage.Write(new WireHeader { Kind = WireKind.LW_WIRE_INFO }, Enumerable.Repeat((byte)0xff, WireConstants.LW_WIRE_TEXT).ToArray());
        yield return ("longest-text", longest);
        yield return ("cut-off", longest[..^1]);
        yield return ("execution", WireMessage.Write(new WireHeader { Kind = WireKind.LW_WIRE_SET, Address = 0x401001 }));
        yield return ("negative-length", WireMessage.Write(new WireHeader { Kind = WireKind.LW_WIRE_SET, Length = 0x8000_0004, Mode = 3, Watcher = uint.MaxValue }));
    }
}
