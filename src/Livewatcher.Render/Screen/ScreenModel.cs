// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render.Screen;

/// <summary>All that a screen can show of a watching at one moment.</summary>
public sealed record ScreenModel
{
    /// <summary>What is watched: "server (pid 4121)".</summary>
    public required string Title { get; init; }

    /// <summary>"bpf, scope task, guard on"; empty before anything is armed.</summary>
    public string Mode { get; init; } = "";

    /// <summary>Since the watching began; of a recording, from its first to its last event.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Why the watching is over; null while it goes on.</summary>
    public string? Ended { get; init; }

    public IReadOnlyList<ScreenWatch> Watches { get; init; } = [];

    /// <summary>In the order of <see cref="ScreenState.Order"/>; only those that a filter lets through.</summary>
    public IReadOnlyList<WriterRow> Writers { get; init; } = [];

    /// <summary>Newest first, of those that a filter lets through.</summary>
    public IReadOnlyList<Hit> Hits { get; init; } = [];

    /// <summary>Hits and escaped writes so far.</summary>
    public long Reported { get; init; }

    /// <summary>Of the newest hits that are held, how many a filter lets through; null without a filter.</summary>
    public (long Shown, long Held)? Filtered { get; init; }

    /// <summary>The account so far; null where nobody has told it yet.</summary>
    public HitCounts? Counts { get; init; }

    /// <summary>Why something can have been missed, so far.</summary>
    public IReadOnlyList<string> Gaps { get; init; } = [];

    /// <summary>False where a recording has no end.</summary>
    public bool Closed { get; init; } = true;

    /// <summary>Newest last, each with its time.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where the target's output goes meanwhile; null where it goes its own way.</summary>
    public string? OutputFile { get; init; }

    /// <summary>The end of what is there.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];

    /// <summary>Writers that are not reported any more, by <see cref="WriterKey.Place"/>.</summary>
    public IReadOnlySet<WriterKey> Ignored { get; init; } = new HashSet<WriterKey>();
}

/// <summary>One watch.</summary>
/// <param name="Label">Its expression.</param>
/// <param name="Access">write, access or execute.</param>
/// <param name="Value">The newest; null where not known, and for code.</param>
/// <param name="Hits">So far.</param>
/// <param name="PerSecond">Hits of each of the last seconds, oldest first; the last of them is the newest whole second.</param>
public sealed record ScreenWatch(string Label, string Access, string? Value, long Hits, IReadOnlyList<long> PerSecond)
{
    /// <summary>It takes turns with others, and it is not its turn (--rotate).</summary>
    public bool Waits { get; init; }

    /// <summary>Seconds that a rate is taken over.</summary>
    private const int Window = 3;

    /// <summary>Hits a second, over the newest seconds.</summary>
    public double Rate => PerSecond.Count == 0 ? 0 : PerSecond.TakeLast(Window).Average();
}

/// <summary>What a writer is known by from one moment to the next.</summary>
/// <param name="Watch">The watch's label.</param>
/// <param name="Access">Word for the kind of access.</param>
/// <param name="Code">Address of the instruction; 0 where unknown.</param>
/// <param name="Call">The system call's name; null for user code.</param>
/// <param name="Stack">Fingerprint of the stack.</param>
public readonly record struct WriterKey(string Watch, string Access, ulong Code, string? Call, long Stack)
{
    /// <summary>Without its callers.</summary>
    public WriterKey Place => this with { Stack = 0 };

    public static WriterKey Of(WriterRow row) => new(row.Watch.Label, row.Access, row.Instruction?.Address.Value ?? 0, row.SystemCall, row.Stack.Fingerprint());

    public static WriterKey Of(Hit hit) => new(hit.Watch.Label, hit.Access.Word(), hit.Instruction?.Address.Value ?? 0, Hit.NameOfCall(hit.SystemCall), hit.Stack.Fingerprint());
}
