// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Filtering;

/// <summary>Which writers of one watch are not reported. Decides for each instruction once, by its names, and remembers: the
/// source can then filter it before anything is copied.</summary>
/// <param name="watch">The watch.</param>
/// <param name="catalog">Writers that are in order without a rule.</param>
internal sealed class WriterFilter(Watch watch, WriterCatalog catalog)
{
    private const int MostDecided = 1 << 16;

    private readonly Dictionary<(ulong Code, string? Call), bool> decided = [];
    private readonly HashSet<(ulong Code, string? Call)> reported = [];
    private readonly List<(Address Start, Address End)> code = [];
    private int modules;
    private int writers;

    private HitFilter Rules => watch.Request.Filter;

    /// <summary>Code whose hits are not reported, in order; a list that is longer each time a writer is added.</summary>
    internal IReadOnlyList<(Address Start, Address End)> Code => code;

    /// <summary>Whether any hit could be filtered.</summary>
    internal bool IsOfUse => Rules.NamesWriters || catalog.IsOfUse;

    /// <param name="hit">The hit.</param>
    /// <param name="call">The name of the system call, for a hit of the kernel's.</param>
    /// <param name="symbols">Of its process.</param>
    /// <param name="stack">Its stack, which is unwound only where it is needed.</param>
    internal bool IsFiltered(RawHit hit, string? call, ITargetSymbols symbols, Func<CallStack> stack)
    {
        ForgetOld(symbols);
        ulong at = hit.Registers.Rip - (watch.Mode == AccessMode.Execute ? 0u : 1u);
        if (!decided.TryGetValue((at, call), out bool known))
        {
            known = Decide(hit, at, call, symbols, stack);
            if (decided.Count < MostDecided && !(catalog.IsOfUse && symbols.SiteOf(new Address(at)) is null))
                decided[(at, call)] = known;
            // Of a system call's code only the caller is known, which makes others too.
            if (known && call is null)
                Insert(new Address(at));
        }

        return known || (Rules.IgnoredCallers.Count > 0 && stack().Frames.Any(frame => Rules.IgnoredCallers.Any(rule => symbols.IsAt(rule, frame))));
    }

    /// <summary>The code of a hit that was reported is in order from now on, on every watch of this name.</summary>
    /// <param name="at">One byte before the instruction pointer of a data hit; the instruction pointer of an execution.</param>
    /// <param name="call">The name of the system call, for a hit of the kernel's.</param>
    /// <param name="symbols">Of its process.</param>
    internal void Accept(ulong at, string? call, ITargetSymbols symbols)
    {
        catalog.Accept(Writer(symbols, at, call));
        ForgetOld(symbols);
        decided[(at, call)] = true;
        if (call is null)
            Insert(new Address(at));
    }

    /// <summary>Its writer is reported.</summary>
    internal void Report(RawHit hit, string? call, ITargetSymbols symbols)
    {
        ulong at = hit.Registers.Rip - (watch.Mode == AccessMode.Execute ? 0u : 1u);
        if (reported.Count < MostDecided && reported.Add((at, call)))
            catalog.Report(Writer(symbols, at, call));
    }

    private bool Decide(RawHit hit, ulong at, string? call, ITargetSymbols symbols, Func<CallStack> stack)
    {
        if (Rules.Ignored.Count + Rules.Wanted.Count > 0)
        {
            Frame writer = stack().Frames is [var first, ..] ? first with { Address = new Address(at) } : new Frame(new Address(at), null, null, 0, null, 0, Inlined: false);
            if (Rules.Ignored.Any(rule => symbols.IsAt(rule, writer)) || (Rules.Wanted.Count > 0 && !Rules.Wanted.Any(rule => symbols.IsAt(rule, writer))))
                return true;
        }

        return catalog.IsOfUse && catalog.Knows(Writer(symbols, at, call), hit.Time);
    }

    private KnownWriter Writer(ITargetSymbols symbols, ulong at, string? call)
    {
        CodePosition site = symbols.SiteOf(new Address(at)) ?? new CodePosition(null, "?", null, at);
        return new KnownWriter(watch.Label, site.BuildId, site.Module, site.Function, site.Offset, call);
    }

    /// <summary>Other code may stand there after libraries have come or gone.</summary>
    private void ForgetOld(ITargetSymbols symbols)
    {
        if (catalog.Version != writers)
        {
            // Who was not in order may be so now.
            writers = catalog.Version;
            foreach ((ulong Code, string? Call) one in decided.Where(one => !one.Value).Select(one => one.Key).ToList())
                decided.Remove(one);
        }

        if (symbols.Generation == modules)
            return;
        modules = symbols.Generation;
        decided.Clear();
        reported.Clear();
        code.Clear();
    }

    private void Insert(Address at)
    {
        (Address Start, Address End) own = (at, at + 1);
        int place = code.BinarySearch(own, Comparer<(Address Start, Address End)>.Create((a, b) => a.Start.Value.CompareTo(b.Start.Value)));
        if (place < 0)
            code.Insert(~place, own);
    }
}
