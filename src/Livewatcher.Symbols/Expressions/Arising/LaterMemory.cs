// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>Memory whose place a later moment decides: what a register points to then, and what is reached through pointers from there. Each such place has
/// a region of made-up addresses, in which an expression is evaluated as in memory; an address in it then tells the way.</summary>
internal sealed class LaterMemory
{
    /// <summary>Where no program has memory, and far from <see cref="FrameLocals.Cfa"/>.</summary>
    private const ulong First = 1UL << 61;

    private const int RegionBits = 40;

    private const int MostRegions = 1 << 10;

    /// <summary>From the region's middle: more is no member or element, but the result of reckoning with addresses that are not known yet.</summary>
    private const long MostDistance = 1L << 31;

    private readonly List<Region> _regions = [];

    /// <summary>A variable in the frame.</summary>
    /// <param name="register">One that leads to the frame.</param>
    /// <param name="offset">The variable's, from there.</param>
    internal Address InFrame(int register, long offset) => Add(new(register, [], Kind.Frame), offset);

    /// <summary>A variable that is in a register, and so nowhere in memory.</summary>
    internal Address InRegister(int register) => Add(new(register, [], Kind.Register), 0);

    internal bool IsInFrame(Address address, string text) => Find(address, text).Region.Kind == Kind.Frame;

    /// <summary>What the pointer at an address points to.</summary>
    /// <param name="pointer">Where it is.</param>
    /// <param name="text">The pointer as written.</param>
    internal Address Follow(Address pointer, string text)
    {
        (Region region, long offset) = Find(pointer, text);
        if (region.Kind == Kind.Register)
        {
            return offset == 0
                ? Add(region with { Kind = Kind.Object }, 0)
                : throw new RefusalException($"{text} is a member of what is passed in registers; a pointer of its own can be followed");
        }

        return Add(new(region.Register, [.. region.Offsets, offset], Kind.Object), 0);
    }

    /// <exception cref="RefusalException">The object has no memory, or the way is too long.</exception>
    internal PointerWay WayTo(Address address, string text)
    {
        (Region region, long offset) = Find(address, text);
        return region.Kind == Kind.Register
            ? throw new RefusalException($"{text} is in a register there and has no memory to be watched; what it points to has: *{text}")
            : Check(new(region.Register, [.. region.Offsets, offset]), text);
    }

    private static PointerWay Check(PointerWay way, string text) => way.Offsets.Count <= PointerWay.MostPointers
        ? way
        : throw new RefusalException($"{text} goes through {way.Offsets.Count} pointers; {PointerWay.MostPointers} can be followed");

    private Address Add(Region region, long offset)
    {
        if (_regions.Count == MostRegions)
        {
            throw new RefusalException("the expression follows too many pointers");
        }

        _regions.Add(region);
        return new Address(unchecked(MiddleOf(_regions.Count - 1) + (ulong)offset));
    }

    private (Region Region, long Offset) Find(Address address, string text)
    {
        if (address.Value < First)
        {
            return (new(null, [], Kind.Object), (long)address.Value);
        }

        ulong number = (address.Value - First) >> RegionBits;
        long offset = number < (ulong)_regions.Count ? unchecked((long)(address.Value - MiddleOf((int)number))) : long.MaxValue;
        return Math.Abs(offset) < MostDistance
            ? (_regions[(int)number], offset)
            : throw new RefusalException($"{text} reckons with an address that is known only then");
    }

    private static ulong MiddleOf(int region) => First + ((ulong)region << RegionBits) + (1UL << (RegionBits - 1));

    /// <param name="Register">Where the way starts; null: at address 0.</param>
    /// <param name="Offsets">Of the pointers that are read on it.</param>
    /// <param name="Kind">What the region is.</param>
    private sealed record Region(int? Register, IReadOnlyList<long> Offsets, Kind Kind);

    private enum Kind
    {
        /// <summary>What a pointer points to.</summary>
        Object,

        /// <summary>A register's own content.</summary>
        Register,

        Frame,
    }
}
