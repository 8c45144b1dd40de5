// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Numerics;

namespace Livewatcher.Model;

/// <summary>Arrays for the copies of stacks that hits bring: nine tenths of what a hit would leave to the collector. Whoever reads hits from the kernel borrows,
/// whoever is done with one gives back; what is never given back is the collector's. Thread-safe.</summary>
public sealed class StackPool
{
    private const int Smallest = 256;
    private const int Largest = 16384;

    /// <summary>Of each size: the hits of a hundredth of a second, and no more than 8 MiB in all.</summary>
    private const int Most = 256;

    private readonly Lock gate = new();
    private readonly Stack<byte[]>[] free = [.. Enumerable.Range(0, ClassOf(Largest) + 1).Select(_ => new Stack<byte[]>())];

    public static StackPool Shared { get; } = new();

    /// <returns>How long an array is that has been borrowed for so many bytes.</returns>
    public static int SizeFor(int length) => length is 0 or > Largest ? length : Smallest << ClassOf(length);

    /// <returns>An array of at least this length, of any content; not twice as long as needed unless very short.</returns>
    public byte[] Borrow(int length)
    {
        if (length is 0 or > Largest)
            return length == 0 ? [] : new byte[length];
        int size = ClassOf(length);
        lock (gate)
        {
            if (free[size].TryPop(out byte[]? array))
                return array;
        }

        return GC.AllocateUninitializedArray<byte>(Smallest << size);
    }

    /// <param name="array">From <see cref="Borrow"/>; nobody reads it any more.</param>
    public void GiveBack(byte[] array)
    {
        int size = ClassOf(array.Length);
        if (array.Length is 0 or > Largest)
            return;
        lock (gate)
        {
            if (free[size].Count < Most)
                free[size].Push(array);
        }
    }

    private static int ClassOf(int length) => length <= Smallest ? 0 : BitOperations.Log2((uint)(length - 1) / Smallest) + 1;
}
