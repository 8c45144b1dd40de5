// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>English for numbers and for the three kinds of access.</summary>
internal static class Words
{
    /// <summary>1 hit, 2 hits, 4,001 hits.</summary>
    public static string Count(long number, string one) => Count(number, one, one + "s");

    public static string Count(long number, string one, string many) => number == 1 ? $"1 {one}" : $"{number:N0} {many}";

    /// <summary>A backend by its name, with its price where it has one for the target.</summary>
    public static string Backend(string name) => name == "ptrace" ? "ptrace (stops the thread at each hit)" : name;

    /// <summary>How threads were armed: "12 by signal, 3 directly"; empty where none was.</summary>
    public static string Ways(SyncTally tally)
    {
        (long Count, string Way)[] ways = [(tally.Directly, "directly"), (tally.Held, "held"), (tally.BySignal, "by signal"), (tally.AtTrap, "at a single-step trap")];
        return string.Join(", ", ways.Where(one => one.Count > 0).Select(one => $"{one.Count:N0} {one.Way}"));
    }

    /// <summary>"no thread {wrote} g_x".</summary>
    public static string Past(AccessMode mode) => mode switch
    {
        AccessMode.Execute => "executed",
        AccessMode.Write => "wrote",
        _ => "read or wrote",
    };

    /// <summary>"{a write of} g_x can have been missed".</summary>
    public static string Noun(AccessMode mode) => mode switch
    {
        AccessMode.Execute => "an execution of",
        AccessMode.Write => "a write of",
        _ => "an access to",
    };
}
