// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>Register values of one frame; those that nobody saved are unknown.</summary>
internal struct RegisterSet
{
    /// <summary>Enough for every architecture.</summary>
    private const int Capacity = 17;

    private Values _values;

    private uint _known;

    public readonly bool TryGet(int register, out ulong value)
    {
        if ((uint)register < Capacity && (_known & (1u << register)) != 0)
        {
            value = _values[register];
            return true;
        }

        value = 0;
        return false;
    }

    public void Set(int register, ulong value)
    {
        _values[register] = value;
        _known |= 1u << register;
    }

    public void Forget(int register) => _known &= ~(1u << register);

    /// <summary>Keeps what a call preserves, and forgets the rest.</summary>
    public void Keep(uint calleeSaved) => _known &= calleeSaved;

    public static RegisterSet From(in UserRegisters user)
    {
        var architecture = Architecture.Of(user);
        RegisterSet set = default;
        Span<ulong> values = stackalloc ulong[Capacity];
        architecture.Order(user, values);
        for (var i = 0; i < architecture.Count; i++)
        {
            set.Set(i, values[i] & architecture.Mask);
        }

        return set;
    }

    [InlineArray(Capacity)]
    private struct Values
    {
        private ulong _first;
    }
}
