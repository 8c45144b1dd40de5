// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>What few hits have: an old value that the hit before does not tell, a system call with its arguments, bytes that were folded into
/// it, the beginning of an escape. By the hit's place in the stream; the newest ones.</summary>
internal sealed class HitDetails
{
    private const int Most = 50_000;

    private readonly Queue<(long Place, HitDetail Detail)> details = [];

    public IEnumerable<(long Place, HitDetail Detail)> All => details;

    /// <summary>So many went.</summary>
    public long Lost { get; private set; }

    /// <returns>Whether there is anything to tell.</returns>
    public bool Add(long place, Hit hit, bool oldFollows)
    {
        string? old = oldFollows ? null : hit.Old?.Text;
        if (old is null && hit.SystemCall is null && hit.Merged == 1 && hit.EscapedSince is null)
            return false;
        details.Enqueue((place, new HitDetail(old, hit.SystemCall, hit.Merged, hit.EscapedSince)));
        if (details.Count > Most)
        {
            details.Dequeue();
            Lost++;
        }

        return true;
    }
}

internal sealed record HitDetail(string? Old, string? Call, int Merged, DateTimeOffset? Since);
