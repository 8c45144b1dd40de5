// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols;
using Livewatcher.Symbols.Files;

namespace Livewatcher.Cli.WatchFiles;

/// <summary>How far something in a watch file could be checked without running the program.</summary>
internal enum NameOutcome
{
    /// <summary>It is there.</summary>
    Found,

    /// <summary>It is right as far as the files tell; where it is the program's run decides.</summary>
    Later,

    /// <summary>None of the files has it; a library that is mapped later may.</summary>
    Unknown,

    /// <summary>It can never work.</summary>
    Wrong,
}

/// <summary>What came of one expression or rule.</summary>
/// <param name="Line">In the watch file.</param>
/// <param name="Option">Its name, without dashes.</param>
/// <param name="Text">As written.</param>
/// <param name="Outcome">How far it is right.</param>
/// <param name="Detail">Type and place, or why not.</param>
internal sealed record CheckedItem(int Line, string Option, string Text, NameOutcome Outcome, string Detail);

/// <summary>Resolves what a watch file names against a program's file.</summary>
/// <param name="program">Laid out, not running.</param>
/// <param name="symbols">Its names.</param>
internal sealed class WatchFileCheck(ProgramFile program, TargetSymbols symbols)
{
    private readonly List<Watch> found = [];

    /// <summary>Watches whose address the file tells, of what was checked so far.</summary>
    internal IReadOnlyList<Watch> Found => found;

    /// <summary>Every watch, its conditions included, and every writer that a rule names.</summary>
    /// <param name="file">The watch file.</param>
    /// <param name="requests">What was read from it, in its order.</param>
    /// <param name="vocabulary">What its options mean.</param>
    internal IEnumerable<CheckedItem> Check(WatchFile file, IReadOnlyList<WatchRequest> requests, WatchVocabulary vocabulary)
    {
        int next = 0;
        foreach (FileOption option in file.Options)
        {
            if (vocabulary.BeginsWatch(option.Option))
                yield return Check(option, requests[next++]);
            else if (vocabulary.NamesWriter(option.Option))
                yield return Check(option, WriterRule.Parse(option.Value!));
        }
    }

    private CheckedItem Check(FileOption option, WatchRequest request)
    {
        program.TakeGuesses();
        if (request.Arising is not null)
            return CheckArising(option, request);
        WatchResolution resolution = symbols.Resolve(request);
        bool needsRun = program.HasFailed || request.Expression.Contains('@');
        IReadOnlyCollection<ulong> guesses = program.TakeGuesses();
        return resolution switch
        {
            WatchResolution.Resolved { Watch: var watch } when guesses.All(guess => guess == watch.Address.Value) => Remember(watch, Item(
                option, NameOutcome.Found, $"{TypeOf(watch)}{symbols.NameOf(watch.Address) ?? watch.Address.ToString()}")),
            WatchResolution.Resolved { Watch: var watch } => Item(option, NameOutcome.Later, $"{TypeOf(watch)}where it is the run decides"),
            WatchResolution.UnknownName { Reason: var reason } when !request.Expression.Contains('@') => Item(option, NameOutcome.Unknown, reason),
            WatchResolution.Impossible { Reason: var reason } when !needsRun => Item(option, NameOutcome.Wrong, reason),
            WatchResolution.Impossible { Reason: var reason } => Item(option, NameOutcome.Later, $"as far as its file tells: {reason}"),
            WatchResolution.UnknownName { Reason: var reason } => Item(option, NameOutcome.Later, $"as far as its file tells: {reason}"),
            _ => throw new InvalidOperationException($"{resolution}"),
        };
    }

    private CheckedItem Remember(Watch watch, CheckedItem item)
    {
        found.Add(watch);
        return item;
    }

    /// <summary>The allocator is in a library, mostly, and which one is known at the run.</summary>
    private CheckedItem CheckArising(FileOption option, WatchRequest request) => symbols.ResolveArising(WithoutAllocator(request)) switch
    {
        { Plan: { Kind: ArisingKind.Frame } plan } => Item(option, NameOutcome.Found, $"{TypeOf(plan.Watch)}{plan.Offset:+#;-#;0} from the frame's CFA, {Count(plan.Places.Count)}"),
        { Plan: { Kind: ArisingKind.Object } plan } => Item(option, NameOutcome.Found, $"{TypeOf(plan.Watch)}{plan.Watch.Resolution}, {Count(plan.Places.Count)}"),
        { Plan: not null } => Item(option, NameOutcome.Later, "blocks of the heap are the run's"),
        { Reason: var reason } when request.Arising is ArisingRule.Heap => Item(option, NameOutcome.Later, $"as far as its file tells: {reason}"),
        { Reason: var reason } => Item(option, NameOutcome.Wrong, reason ?? ""),
    };

    /// <summary>A function that is inlined everywhere has no address, and is one all the same.</summary>
    private CheckedItem Check(FileOption option, WriterRule rule)
    {
        if (rule is WriterRule.Range)
            return Item(option, NameOutcome.Later, "addresses are the run's");
        if (program.ReadMappings().Any(mapping => Path.GetFileName(mapping.Path) == rule.Text))
            return Item(option, NameOutcome.Found, "a module");
        return symbols.Resolve(new WatchRequest(rule.Text, AccessMode.Execute)) switch
        {
            WatchResolution.Resolved { Watch: var place } => Item(option, NameOutcome.Found, symbols.NameOf(place.Address) ?? place.Address.ToString()),
            WatchResolution.UnknownName { Reason: var reason } => Item(option, NameOutcome.Unknown, reason),
            WatchResolution.Impossible { Reason: var reason } => Item(option, NameOutcome.Found, reason),
            var other => throw new InvalidOperationException($"{other}"),
        };
    }

    private static WatchRequest WithoutAllocator(WatchRequest request) => request.Arising is ArisingRule.At { Until: ArisingRule.Ending.Free } at
        ? request with { Arising = at with { Until = ArisingRule.Ending.Never } }
        : request;

    private static string Count(int probes) => probes == 1 ? "1 probe" : $"{probes} probes";

    private static string TypeOf(Watch watch) => watch.Mode == AccessMode.Execute ? "" : $"{(watch.TypeName is { } type ? $"{type}, " : "")}{watch.Length} {(watch.Length == 1 ? "byte" : "bytes")}, ";

    private static CheckedItem Item(FileOption option, NameOutcome outcome, string detail) =>
        new(option.Line, option.Option.Name.TrimStart('-'), option.Value!, outcome, detail);
}
