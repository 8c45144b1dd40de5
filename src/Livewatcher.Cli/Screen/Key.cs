// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;

namespace Livewatcher.Cli.Screen;

internal enum KeyName
{
    Character,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Tab,
    Backspace,
    Escape,
    Interrupt,
    Suspend,
    Redraw,
    EraseLine,
}

/// <summary>A key that was pressed.</summary>
/// <param name="Name">Which.</param>
/// <param name="Character">For <see cref="KeyName.Character"/>.</param>
internal readonly record struct Key(KeyName Name, Rune Character = default);

/// <summary>Keys from what a terminal sends: UTF-8, and the sequences of xterm and those that follow it (also the Linux console, screen and tmux).
/// A sequence may come in pieces; an Escape that nothing follows is the key.</summary>
internal sealed class KeyReader
{
    private const byte Escape = 0x1b;
    private const int LongestSequence = 16;

    private readonly List<byte> pending = [];

    /// <summary>What is complete by now.</summary>
    internal List<Key> Take(ReadOnlySpan<byte> typed)
    {
        pending.AddRange(typed);
        List<Key> keys = [];
        while (pending.Count > 0 && Next() is var (key, length) && length > 0)
        {
            pending.RemoveRange(0, length);
            if (key is { } known)
                keys.Add(known);
        }

        return keys;
    }

    /// <summary>Nothing has followed for a while: what stands alone is a key of its own.</summary>
    internal List<Key> TakeRest()
    {
        bool isEscape = pending is [Escape, ..];
        pending.Clear();
        return isEscape ? [new Key(KeyName.Escape)] : [];
    }

    /// <returns>The key, null for one that means nothing here, and its bytes; 0 where more must come.</returns>
    private (Key? Key, int Length) Next()
    {
        byte first = pending[0];
        if (first == Escape)
            return Sequence();
        if (first < 0x20 || first == 0x7f)
            return (Control(first), 1);
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pending);
        return Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) switch
        {
            System.Buffers.OperationStatus.Done => (new Key(KeyName.Character, rune), length),
            System.Buffers.OperationStatus.NeedMoreData => (null, 0),
            _ => (null, Math.Max(length, 1)),
        };
    }

    private static Key? Control(byte code) => code switch
    {
        3 => new Key(KeyName.Interrupt),
        8 or 0x7f => new Key(KeyName.Backspace),
        9 => new Key(KeyName.Tab),
        10 or 13 => new Key(KeyName.Enter),
        12 => new Key(KeyName.Redraw),
        21 => new Key(KeyName.EraseLine),
        26 => new Key(KeyName.Suspend),
        _ => null,
    };

    /// <summary>CSI and SS3 (ECMA-48, 5.4): parameters, then one final byte.</summary>
    private (Key? Key, int Length) Sequence()
    {
        if (pending.Count == 1)
            return (null, 0);
        if (pending[1] is not ((byte)'[' or (byte)'O'))
            return (new Key(KeyName.Escape), 1);
        for (int i = 2; i < pending.Count && i < LongestSequence; i++)
        {
            if (pending[i] is >= 0x40 and <= 0x7e)
                return (Named((char)pending[i], Encoding.ASCII.GetString([.. pending[2..i]])), i + 1);
        }

        return (null, pending.Count >= LongestSequence ? LongestSequence : 0);
    }

    private static Key? Named(char final, string parameters) => (final, parameters) switch
    {
        ('A', _) => new Key(KeyName.Up),
        ('B', _) => new Key(KeyName.Down),
        ('H', _) or ('~', "1" or "7") => new Key(KeyName.Home),
        ('F', _) or ('~', "4" or "8") => new Key(KeyName.End),
        ('~', "5") => new Key(KeyName.PageUp),
        ('~', "6") => new Key(KeyName.PageDown),
        ('~', "3") => new Key(KeyName.Backspace),
        ('M', "") => new Key(KeyName.Enter),
        _ => null,
    };
}
