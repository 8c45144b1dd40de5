// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>One watch of several that took turns, for there were more than debug registers (--rotate).</summary>
/// <param name="Watch">Its label.</param>
/// <param name="Armed">How long it was armed, in all its turns.</param>
/// <param name="Of">How long the watching lasted.</param>
/// <param name="Turns">How often it was its turn.</param>
/// <param name="Counted">Hits counted in these.</param>
/// <param name="ChangedUnarmed">How often its value was another one at the beginning of a turn than at the end of the one before.</param>
public sealed record TurnTally(string Watch, TimeSpan Armed, TimeSpan Of, int Turns, long Counted, long ChangedUnarmed)
{
    /// <summary>Of the time, 0 to 1.</summary>
    public double Share => Of > TimeSpan.Zero ? Math.Min(1, Armed / Of) : 0;
}
