// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What a source that can shall send at the hits of a watch, by itself, before the thread's next instruction.</summary>
/// <param name="Signal">Of signal(7).</param>
/// <param name="ToThread">To the accessing thread; otherwise to its process.</param>
/// <param name="After">From this reported hit on, from 1.</param>
/// <param name="Once">At one hit only.</param>
public readonly record struct SignalOrder(int Signal, bool ToThread, long After, bool Once);

/// <summary>What became of an order at one hit.</summary>
public enum OrderOutcome
{
    /// <summary>It was not this hit's turn.</summary>
    NotDue,

    /// <summary>The signal is sent.</summary>
    Sent,

    /// <summary>It could not be sent.</summary>
    Failed,
}

/// <summary>One hit's part in an order.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Error">errno(3) by name, where it has failed.</param>
public readonly record struct OrderResult(OrderOutcome Outcome, string? Error = null);

/// <summary>An order's account.</summary>
/// <param name="Sent">Signals.</param>
/// <param name="Failed">Times that none could be sent.</param>
/// <param name="LastError">errno(3) by name of the last failure; null where there was none.</param>
public readonly record struct OrderAccount(long Sent, long Failed, string? LastError);
