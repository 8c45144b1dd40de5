// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Acting;

/// <summary>Reads what expressions name, now, with the memory around it.</summary>
internal static class Snapshots
{
    private const ulong Line = 16;

    /// <summary>Bytes of an object that are read.</summary>
    private const int MostBytes = 4096;

    /// <summary>Bytes that are shown around it, it included.</summary>
    private const ulong MostAround = 8 * Line;

    internal static IReadOnlyList<SnapshotLine> Take(WatchedProcess process, IReadOnlyList<string> expressions) =>
        [.. expressions.Select(expression => Take(process, expression))];

    private static SnapshotLine Take(WatchedProcess process, string expression)
    {
        switch (process.Symbols.Resolve(new WatchRequest(expression, AccessMode.Write)))
        {
            case WatchResolution.Resolved { Watch: var found }:
                return Read(process, expression, found);
            case WatchResolution.UnknownName { Reason: var reason }:
                return new SnapshotLine(expression, null, null, reason);
            case WatchResolution.Impossible { Reason: var reason }:
                return new SnapshotLine(expression, null, null, reason);
            default:
                throw new InvalidOperationException("A resolution is one of three.");
        }
    }

    private static SnapshotLine Read(WatchedProcess process, string expression, Watch found)
    {
        ITargetMemory memory = process.Process.Memory;
        byte[] bytes = new byte[Math.Min(found.Length, MostBytes)];
        if (!memory.TryRead(found.Address, bytes))
            return new SnapshotLine(expression, found.Address, null, $"{found.Address} cannot be read");
        Value value = found.Format.Format(bytes, process.Symbols.NameOf);
        (Address from, byte[] around) = ReadAround(memory, found.Address, bytes.Length);
        return new SnapshotLine(expression, found.Address, value, null) { From = from, Around = around };
    }

    /// <summary>The lines of 16 bytes that hold the object, and one more on either side where they can be read.</summary>
    private static (Address From, byte[] Bytes) ReadAround(ITargetMemory memory, Address address, int length)
    {
        ulong first = address.Value & ~(Line - 1), end = (address.Value + (ulong)length + Line - 1) & ~(Line - 1);
        ulong most = Math.Min(end - first, MostAround - (2 * Line));
        foreach ((ulong before, ulong behind) in ((ulong, ulong)[])[(Line, Line), (0, Line), (Line, 0)])
        {
            byte[] bytes = new byte[before + most + behind];
            if (memory.TryRead(new Address(first - before), bytes))
                return (new Address(first - before), bytes);
        }

        byte[] own = new byte[most];
        return memory.TryRead(new Address(first), own) ? (new Address(first), own) : (new Address(first), []);
    }
}
