// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Stacks with their numbers of hits, as flamegraph.pl and its like take them: "watch;main;work;store 12", a line each, in the
/// order of their first hit. Written at the end.</summary>
public sealed class FoldedRenderer : IEventSink, IDisposable
{
    private readonly TextWriter output;
    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly Dictionary<(CallStack Stack, string Watch, string? Call), string> lines = new(new SameStack());

    /// <param name="output">Must encode as UTF-8. Stays the caller's.</param>
    public FoldedRenderer(TextWriter output) => this.output = output;

    public void Publish(WatchEvent watchEvent)
    {
        if (watchEvent is not Hit { Escaped: false } hit)
            return;
        string? call = Hit.NameOfCall(hit.SystemCall);
        (CallStack, string, string?) key = (hit.Stack, hit.Watch.Label, call);
        if (!lines.TryGetValue(key, out string? line))
            lines[key] = line = LineOf(hit, call);
        counts[line] = counts.GetValueOrDefault(line) + 1;
    }

    public void Dispose()
    {
        foreach ((string line, long count) in counts)
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{line} {count}\n"));
        counts.Clear();
    }

    private static string LineOf(Hit hit, string? call)
    {
        string stack = Folded.StackOf(hit.Stack);
        string line = stack.Length > 0 ? $"{Folded.Piece(hit.Watch.Label)};{stack}" : $"{Folded.Piece(hit.Watch.Label)};[no stack]";
        return call is { Length: > 0 } ? $"{line};{Folded.Piece(call)}()" : line;
    }

    /// <summary>A reader gives the same object for the same stack.</summary>
    private sealed class SameStack : IEqualityComparer<(CallStack Stack, string Watch, string? Call)>
    {
        public bool Equals((CallStack Stack, string Watch, string? Call) x, (CallStack Stack, string Watch, string? Call) y) =>
            ReferenceEquals(x.Stack, y.Stack) && x.Watch == y.Watch && x.Call == y.Call;

        public int GetHashCode((CallStack Stack, string Watch, string? Call) key) =>
            HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Stack), key.Watch, key.Call);
    }
}

/// <summary>Stacks on one line, outermost first.</summary>
public static class Folded
{
    public static string StackOf(CallStack stack) => string.Join(';', stack.Frames.Reverse().Select(NameOf));

    /// <summary>The semicolon parts functions.</summary>
    public static string Piece(string name) => Printable.Of(name).Replace(';', ':');

    private static string NameOf(Frame frame) => Piece(frame.Function ?? $"[{frame.Module ?? "unknown"}]");
}
