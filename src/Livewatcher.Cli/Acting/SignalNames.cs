// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;

namespace Livewatcher.Cli.Acting;

/// <summary>signal(7) by name, as kill(1) takes them: SEGV, SIGSEGV, 11, RTMIN+3; numbers of x86-64.</summary>
internal static class SignalNames
{
    internal const int Kill = 9;
    internal const int Stop = 19;

    /// <summary>SIGRTMIN and SIGRTMAX as glibc has them: it keeps 32 and 33 for itself.</summary>
    private const int FirstRealTime = 34;
    private const int LastRealTime = 64;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
        "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <returns>Its number; null where there is no such signal, and for 0, 32 and 33.</returns>
    internal static int? Parse(string text)
    {
        string name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return IsSignal(number) ? number : null;
        if (RealTime(name, "RTMIN", FirstRealTime, '+') is { } up)
            return up;
        if (RealTime(name, "RTMAX", LastRealTime, '-') is { } down)
            return down;
        name = name.ToUpperInvariant() switch { "POLL" => "IO", "IOT" => "ABRT", "CLD" => "CHLD", var other => other };
        int index = Array.IndexOf(Names, name, 1);
        return index > 0 ? index : null;
    }

    /// <summary>"SIGSEGV", "SIGRTMIN+3".</summary>
    internal static string NameOf(int signal) => signal < Names.Length ? $"SIG{Names[signal]}"
        : signal == FirstRealTime ? "SIGRTMIN" : $"SIGRTMIN+{signal - FirstRealTime}";

    private static bool IsSignal(int number) => (number >= 1 && number < Names.Length) || number is >= FirstRealTime and <= LastRealTime;

    private static int? RealTime(string name, string from, int number, char sign)
    {
        if (!name.StartsWith(from, StringComparison.OrdinalIgnoreCase))
            return null;
        if (name.Length == from.Length)
            return number;
        if (name[from.Length] != sign || !int.TryParse(name.AsSpan(from.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int steps) || steps > LastRealTime)
            return null;
        int signal = sign == '+' ? number + steps : number - steps;
        return signal is >= FirstRealTime and <= LastRealTime ? signal : null;
    }
}
