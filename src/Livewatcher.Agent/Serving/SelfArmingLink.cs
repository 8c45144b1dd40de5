// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Runtime.InteropServices;
using Livewatcher.Agent.Wire;
using Livewatcher.Model;

namespace Livewatcher.Agent.Serving;

/// <summary>One connection's end of the talk about arming by signal: orders out, answers in while an order is open. Answers come from the
/// connection's reader, the rest from the thread that arms.</summary>
/// <param name="send">Sends a packet and a descriptor without waiting; 0 or an errno.</param>
internal sealed class SelfArmingLink(Func<byte[], int?, int> send)
{
    private const int EBUSY = 16;
    private const int EPIPE = 32;
    private const int ENOTCONN = 107;

    /// <summary>More answers than that are waiting for nobody.</summary>
    private const int MostAnswers = 1024;

    private readonly object gate = new();
    private readonly Queue<SelfArmed> answers = [];
    private int? prepared;
    private uint sequence;
    private bool open;
    private bool ended;

    /// <summary>Sends an order and waits until the program is ready for its signals.</summary>
    /// <returns>0 or an errno.</returns>
    internal int Prepare(SelfArmingOrder order, int? program, TimeSpan patience)
    {
        lock (gate)
        {
            open = true;
            prepared = null;
            int error = send(WireMessage.Write(HeaderOf(order, ++sequence)), program);
            if (error == 0 && WaitFor(() => prepared is not null, patience))
                return prepared!.Value;
            return ended || error == EPIPE ? ENOTCONN : EBUSY;
        }
    }

    internal SelfArmed? Take(TimeSpan atMost)
    {
        lock (gate)
            return WaitFor(() => answers.Count > 0, atMost) ? answers.Dequeue() : null;
    }

    internal void Finish()
    {
        lock (gate)
        {
            open = false;
            while (answers.TryDequeue(out SelfArmed? late))
                late.Event?.Dispose();
        }
    }

    /// <summary>Takes PREPARED or ARMED from the program; where nobody waits for it, its descriptor is closed.</summary>
    internal void Deliver(in WireHeader header, SafeHandle? descriptor)
    {
        lock (gate)
        {
            if (open && header.Kind == WireKind.LW_WIRE_ARMED && answers.Count < MostAnswers)
            {
                answers.Enqueue(new SelfArmed(header.Generation, new ThreadId(header.Tid), header.Error, header.Value == 1, descriptor));
                descriptor = null;
            }
            else if (open && header.Kind == WireKind.LW_WIRE_PREPARED && header.Sequence == sequence)
            {
                prepared = Math.Clamp(header.Error, 0, WireConstants.MostErrno);
            }

            Monitor.PulseAll(gate);
        }

        descriptor?.Dispose();
    }

    /// <summary>The connection has ended.</summary>
    internal void End()
    {
        lock (gate)
        {
            ended = true;
            Finish();
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>With the gate held, which others may take meanwhile.</summary>
    private bool WaitFor(Func<bool> condition, TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
            if (ended || left <= TimeSpan.Zero)
                return false;
            Monitor.Wait(gate, left);
        }

        return true;
    }

    private static WireHeader HeaderOf(SelfArmingOrder order, uint sequence) => new()
    {
        Kind = WireKind.LW_WIRE_PREPARE,
        Sequence = sequence,
        Generation = order.Generation,
        Signal = order.Signal,
        Watcher = (uint)order.Slot,
        Address = order.Content.Address.Value,
        Length = (uint)order.Content.Length,
        Mode = (uint)order.Content.Mode,
        Flags = WireConstants.LW_WIRE_PREPARE_HANDLER | (order.AtStep ? WireConstants.LW_WIRE_PREPARE_STEP : 0),
    };
}
