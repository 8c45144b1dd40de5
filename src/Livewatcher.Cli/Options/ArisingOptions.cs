// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>Watches that arm themselves when memory comes to life, defined once (docs/arising.md).</summary>
internal sealed class ArisingOptions
{
    private static readonly string[] Policies = ["newest", "oldest", "sampled"];

    private readonly Option<string[]> local = new("--watch-local")
    {
        Description = "Report writes to a function's own variable, FUNC::buf[15], in each frame of it: armed at its entry, disarmed at its exit. Repeatable.",
        HelpName = "FUNC::EXPR",
    };

    private readonly Option<string[]> canary = new("--canary")
    {
        Description = "Report writes to the word by which the function's stack protector notices an overrun: names the line that overruns, before the function returns. Repeatable.",
        HelpName = "FUNC",
    };

    private readonly Option<string[]> returnAddress = new("--return-address")
    {
        Description = "Report writes to the function's return address, in each frame of it. Repeatable.",
        HelpName = "FUNC",
    };

    private readonly Option<string[]> at = new("--at")
    {
        Description = "Arm the --watch behind it when a thread enters this function, on what its expression names there: --at push --watch 'queue->len', with the "
            + "function's parameters; or when it returns, with what it returns: --at open_channel:return --watch '$ret->state'; or when a thread comes to this line, with the "
            + "variables there: --at queue.c:88 --watch 'item->owner'. Any thread's writes are reported, until --until.",
        HelpName = "FUNC[:return]|FILE:LINE",
    };

    private readonly Option<string[]> until = new("--until")
    {
        Description = "When what --at has armed is disarmed: return (the thread leaves the function again), free (the object's block is given back), or "
            + "FUNC (any thread enters that one). "
            + "Default: never; where more objects come than there are debug registers, --keep says which are watched.",
        HelpName = "return|free|FUNC",
    };

    private readonly Option<string[]> site = new("--alloc")
    {
        Description = "Report writes to heap blocks that are allocated in this line (malloc, calloc, realloc, new and others), at --offset, from the allocation to the free.",
        HelpName = "FILE:LINE",
    };

    private readonly Option<string[]> size = new("--alloc-size") { Description = "The same of blocks of N bytes. With --alloc: of that line's.", HelpName = "N" };

    private readonly Option<string[]> nth = new("--alloc-nth")
    {
        Description = "The same of the Kth allocation since the watch began, of those that --alloc and --alloc-size mean where they are given.",
        HelpName = "K",
    };

    private readonly Option<string[]> offset = new("--offset")
    {
        Description = "Which bytes of the block: OFFSET:LENGTH, of 1, 2, 4 or 8 bytes.",
        HelpName = "OFFSET:LENGTH",
    };

    private readonly Option<bool> afterFree = new("--after-free")
    {
        Description = "Go on when the block is freed, until its memory is given out again: names who writes to freed memory.",
    };

    private readonly Option<string[]> keep = new("--keep")
    {
        Description = "Which frames, blocks or objects are watched where more are alive than there are debug registers: newest, oldest (the first ones, to their end), sampled (each with the same chance). "
            + "How many were left out is counted. Like --after-free it is about the watch before it. Default: newest.",
        HelpName = "WHICH",
    };

    internal ArisingOptions() => keep.AcceptOnlyFromAmong(Policies);

    internal IEnumerable<Option> All => [.. Beginnings, .. Belongings];

    /// <summary>Where the watch behind it is armed.</summary>
    internal Option Place => at;

    /// <summary>What a watch in a watch file has one of.</summary>
    internal IEnumerable<Option> Beginnings => [local, canary, returnAddress, offset];

    internal IEnumerable<Option> Belongings => [at, until, site, size, nth, afterFree, keep];

    /// <summary>What the option begins; null where it belongs to what is there already.</summary>
    /// <param name="option">One of <see cref="All"/>.</param>
    /// <param name="value">As written.</param>
    /// <param name="last">The watch before it; null for none.</param>
    /// <exception cref="UserException">It makes no sense.</exception>
    internal WatchRequest? Begin(Option option, string value, WatchRequest? last)
    {
        if (option == keep || option == afterFree || option == until)
            return null;
        if (option == local)
            return new WatchRequest(value, AccessMode.Write) { Arising = new ArisingRule.Local() };
        if (option == canary)
            return new WatchRequest($"canary of {value}", AccessMode.Write) { Arising = new ArisingRule.Canary(value) };
        if (option == returnAddress)
            return new WatchRequest($"return address of {value}", AccessMode.Write) { Arising = new ArisingRule.ReturnAddress(value) };
        // The options that say which blocks belong together, whatever their order; a second one of a kind is another watch's.
        return last?.Arising is ArisingRule.Heap heap && !Says(heap, option)
            ? null
            : With(new WatchRequest("heap", AccessMode.Write) { Arising = new ArisingRule.Heap(0, 0) }, option, value);
    }

    /// <exception cref="UserException">It makes no sense.</exception>
    internal WatchRequest With(WatchRequest request, Option option, string value)
    {
        if (option == keep)
            return request.Arising is { } rule ? request with { Arising = rule with { Policy = PolicyOf(value) } } : throw new UserException($"--keep {value}: {request.Expression} does not arm itself");
        if (option == until)
        {
            return request.Arising is ArisingRule.At place
                ? request with { Arising = place with { Until = EndingOf(value) } }
                : throw new UserException($"--until {value}: {request.Expression} is not armed by --at: --at FUNC --watch EXPR --until {value}");
        }

        if (request.Arising is not ArisingRule.Heap heap)
            throw new UserException($"{option.Name}: {request.Expression} is no heap block; it goes with --alloc, --alloc-size, --alloc-nth and --offset");
        if (option == afterFree)
            heap = heap with { AfterFree = value != "false" };
        else if (option == site)
            heap = heap with { Site = value };
        else if (option == size)
            heap = heap with { Size = Number(option, value) };
        else if (option == nth)
            heap = heap with { Nth = Number(option, value) };
        else
            heap = At(heap, value);
        return request with { Arising = heap };
    }

    /// <summary>A watch that is armed at a place.</summary>
    /// <exception cref="UserException">It cannot be.</exception>
    internal static WatchRequest At(WatchRequest request, string place) => request is { Mode: AccessMode.Write, Arising: null }
        ? request with { Arising = new ArisingRule.At(place) }
        : throw new UserException($"--at {place} is about the --watch behind it, and what follows is {request.Expression}: of what arms itself, writes are watched");

    internal static ArisingPolicy PolicyOf(string value) => (ArisingPolicy)Array.IndexOf(Policies, value);

    internal bool IsPolicy(Option option) => option == keep;

    /// <summary>A watch of which everything is said: checked, and with its name.</summary>
    /// <exception cref="UserException">Something is missing.</exception>
    internal static WatchRequest Finish(WatchRequest request)
    {
        if (request.Arising is not ArisingRule.Heap heap)
            return request;
        if (heap.Length == 0)
            throw new UserException("--alloc, --alloc-size, --alloc-nth: which bytes of the block? Give --offset OFFSET:LENGTH, as --offset 24:8");
        if (heap is { Site: null, Size: null, Nth: null })
            throw new UserException($"--offset {heap.Offset}:{heap.Length}: of which block? Give --alloc FILE:LINE, --alloc-size N or --alloc-nth K");
        string which = heap.Nth is { } number ? $"block {number:N0}" : "blocks";
        string ofSize = heap.Size is { } bytes ? $" of {bytes:N0} bytes" : "";
        string from = heap.Site is { } place ? $" from {place}" : "";
        return request with { Expression = $"offset {heap.Offset}:{heap.Length} of {which}{ofSize}{from}" };
    }

    private static ArisingRule.Ending EndingOf(string value) => value switch
    {
        "return" => new ArisingRule.Ending.Return(),
        "free" => new ArisingRule.Ending.Free(),
        _ => new ArisingRule.Ending.Entry(value),
    };

    private bool Says(ArisingRule.Heap heap, Option option) =>
        option == site ? heap.Site is not null : option == size ? heap.Size is not null : option == nth ? heap.Nth is not null : heap.Length > 0;

    private static ArisingRule.Heap At(ArisingRule.Heap heap, string value)
    {
        string[] parts = value.Split(':');
        if (parts.Length != 2 || !long.TryParse(parts[0], CultureInfo.InvariantCulture, out long start) || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out int length)
            || start < 0 || length is not (1 or 2 or 4 or 8))
        {
            throw new UserException($"--offset {value}: OFFSET:LENGTH is meant, as 24:8, with a length of 1, 2, 4 or 8 bytes");
        }

        return start % length == 0
            ? heap with { Offset = start, Length = length }
            : throw new UserException($"--offset {value}: {length} bytes at {start} are not aligned, and a debug register takes aligned ones only");
    }

    private static long Number(Option option, string value) =>
        long.TryParse(value, CultureInfo.InvariantCulture, out long number) && number > 0 ? number : throw new UserException($"{option.Name} {value}: a number from 1 is meant");
}
