// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Recording.Format;

/// <summary>What stands in a recording as a word.</summary>
internal static class Words
{
    internal static string Of(MessageKind kind) => kind switch
    {
        MessageKind.Backtrace => "backtrace",
        MessageKind.Mark => "mark",
        _ => "info",
    };

    internal static MessageKind? MessageKindOf(string word) => word switch
    {
        "info" => MessageKind.Info,
        "backtrace" => MessageKind.Backtrace,
        "mark" => MessageKind.Mark,
        _ => null,
    };

    internal static string Of(ActionKind kind) => Enum.GetName(kind)!.ToLowerInvariant();

    internal static ActionKind? ActionOf(string word) =>
        Enum.GetValues<ActionKind>() is var kinds && Array.FindIndex(kinds, kind => Of(kind) == word) is >= 0 and var found ? kinds[found] : null;

    internal static AccessMode? ModeOf(string word) => word switch
    {
        "execute" => AccessMode.Execute,
        "write" => AccessMode.Write,
        "access" => AccessMode.Access,
        _ => null,
    };

    /// <summary>"0x601040:8 0x601048:4"</summary>
    internal static string Of(IReadOnlyList<HardwareSlot> slots) =>
        string.Join(' ', slots.Select(slot => string.Create(CultureInfo.InvariantCulture, $"{slot.Address}:{slot.Length}")));

    /// <returns>Null where that is no such list.</returns>
    internal static IReadOnlyList<HardwareSlot>? SlotsOf(string words, AccessMode mode)
    {
        List<HardwareSlot> slots = [];
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = word.IndexOf(':');
            if (colon < 2 || !word.StartsWith("0x", StringComparison.Ordinal)
                || !ulong.TryParse(word.AsSpan(2, colon - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address)
                || !int.TryParse(word.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length))
            {
                return null;
            }

            slots.Add(new HardwareSlot(new Address(address), length, mode));
        }

        return slots;
    }
}
