// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Records;

/// <summary>Signals to be sent at hits, in an array that the BPF program, or the guard, goes by. One thread at a time.</summary>
internal sealed unsafe class SharedOrders(OrderRecord* orders)
{
    /// <summary>Gives a slot an order, or takes it away. An order that is there already goes on with its counts.</summary>
    /// <returns>False where the slot has none afterwards.</returns>
    internal bool Set(SlotState* state, int number, SignalOrder? order)
    {
        uint index = order is { } wanted && state != null && IsValid(number) ? Write(number, wanted) : 0;
        if (state != null)
            Volatile.Write(ref state->Order, index);
        return index > 0;
    }

    /// <summary>As bpf/orders.bpf.h does it for the hits that it counts.</summary>
    internal bool? TakeTurn(int number)
    {
        if (!IsValid(number) || orders[number].Signal == 0)
            return null;
        OrderRecord* order = orders + number;
        if (Interlocked.Increment(ref order->Counted) < order->After)
            return false;
        return !order->Flags.HasFlag(OrderFlags.LW_ORDER_ONCE) || Interlocked.CompareExchange(ref order->Taken, 1, 0) == 0;
    }

    internal OrderAccount Read(int number)
    {
        if (!IsValid(number))
            return default;
        uint error = Volatile.Read(ref orders[number].Error);
        return new OrderAccount(
            (long)Volatile.Read(ref orders[number].Sent), (long)Volatile.Read(ref orders[number].Failed), error == 0 ? null : Errno.Describe((int)error));
    }

    internal static bool IsValid(int number) => number is > 0 and < RecordLimits.LW_ORDERS;

    private uint Write(int number, SignalOrder wanted)
    {
        OrderRecord* order = orders + number;
        order->After = (ulong)wanted.After;
        order->Flags = (wanted.ToThread ? OrderFlags.LW_ORDER_THREAD : OrderFlags.None) | (wanted.Once ? OrderFlags.LW_ORDER_ONCE : OrderFlags.None);
        Volatile.Write(ref order->Signal, (uint)wanted.Signal);
        return (uint)number;
    }
}
