// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What has become of the frames or blocks of one watch that arms itself. candidates = armed + skipped + failed; those armed are displaced,
/// ended, or still armed.</summary>
/// <param name="Watch">Its label.</param>
/// <param name="Candidates">Frames or blocks that came to life.</param>
/// <param name="Armed">Of these, watched from their first moment on.</param>
/// <param name="Skipped">Of these, not armed, for no register was free.</param>
/// <param name="Failed">Of these, not armed for another reason: unaligned, too small, unreadable, or the thread could not be stopped.</param>
/// <param name="Displaced">Of those armed, given up for a newer one while they were still alive.</param>
/// <param name="Ended">Of those armed, watched to their end.</param>
public sealed record ArisingTally(string Watch, long Candidates, long Armed, long Skipped, long Failed, long Displaced, long Ended)
{
    public long StillArmed => Math.Max(0, Armed - Displaced - Ended);
}
