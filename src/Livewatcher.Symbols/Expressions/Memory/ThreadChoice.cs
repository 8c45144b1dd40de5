// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Expressions.Memory;

/// <summary>The thread whose variables an expression means.</summary>
internal sealed record ThreadChoice(ThreadId Thread, string Name, Address Pointer)
{
    private const int MostListed = 16;

    /// <param name="view">The process.</param>
    /// <param name="wanted">A tid or a name; null takes the only thread.</param>
    /// <param name="variable">For the complaint.</param>
    internal static ThreadChoice Select(TargetView view, string? wanted, string variable)
    {
        IReadOnlyList<(ThreadId Thread, string Name)> threads = view.Process.ReadThreads();
        List<(ThreadId Thread, string Name)> found = wanted is null
            ? [.. threads]
            : [.. threads.Where(t => t.Thread.ToString() == wanted)];
        if (wanted is not null && found.Count == 0)
        {
            found = [.. threads.Where(t => t.Name == wanted)];
        }

        if (found.Count != 1)
        {
            string list = List(found.Count == 0 ? threads : found);
            throw wanted is null
                ? new RefusalException($"{variable} is thread-local: say whose, as {variable}@THREAD; threads: {list}")
                : found.Count == 0
                    ? new RefusalException($"no thread has the name or id {wanted}; threads: {list}", mayComeLater: true)
                    : new RefusalException($"{found.Count} threads have the name {wanted}: take the id; threads: {list}");
        }

        (ThreadId thread, string name) = found[0];
        return view.Process.ReadThreadPointer(thread) is { Value: not 0 } pointer
            ? new(thread, name, pointer)
            : throw new RefusalException($"thread {name} ({thread}) has no thread pointer (yet), so {variable} has no address", mayComeLater: true);
    }

    public override string ToString() => $"thread {Name} ({Thread})";

    private static string List(IReadOnlyList<(ThreadId Thread, string Name)> threads) =>
        threads.Count == 0
            ? "none"
            : string.Join(", ", threads.Take(MostListed).Select(t => $"{t.Name} ({t.Thread})"))
              + (threads.Count > MostListed ? $" and {threads.Count - MostListed} more" : "");
}
