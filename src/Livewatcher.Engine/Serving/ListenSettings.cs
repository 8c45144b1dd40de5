// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Engine.Serving;

/// <summary>What can be changed while the listener runs: by its prompt, by `livewatcher ctl set`, by a program itself. Belongs to the
/// session's thread.</summary>
public sealed class ListenSettings
{
    public const string RecordWatcherName = "record_watcher";
    public const string IgnoreTrapName = "ignore_hwbp_sigtrap";
    public const string DetailName = "ubacktrace_detail";
    public const string LineNumbersName = "addr2line";
    public const string SyncName = "sync";

    /// <summary>The names, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> Names { get; } = [RecordWatcherName, IgnoreTrapName, DetailName, LineNumbersName, SyncName];

    /// <summary>Levels of stack to show with each hit of where its watch was set: 0 none, negative all, else at least 3.</summary>
    public int RecordWatcher { get; private set; }

    /// <summary>False: the accessing thread receives SIGTRAP at the access.</summary>
    public bool IgnoreTrap { get; private set; } = true;

    /// <summary>False: one line for each frame, with nothing but the function.</summary>
    public bool Detail { get; private set; } = true;

    /// <summary>False: no file and line in backtraces.</summary>
    public bool LineNumbers { get; set; } = true;

    /// <summary>How a watch that is set from now on reaches the threads.</summary>
    public SyncMethod Sync { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> All =>
    [
        new(RecordWatcherName, RecordWatcher.ToString(CultureInfo.InvariantCulture)),
        new(IgnoreTrapName, IgnoreTrap ? "1" : "0"),
        new(DetailName, Detail ? "1" : "0"),
        new(LineNumbersName, LineNumbers ? "1" : "0"),
        new(SyncName, SyncMethods.NameOf(Sync)),
    ];

    /// <returns>Null where it is done; else what is wrong, as a sentence.</returns>
    public string? TrySet(string name, string text)
    {
        if (name == SyncName)
            return TrySetSync(text);
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
            return $"'{text}' is no number";
        switch (name)
        {
            case RecordWatcherName:
                RecordWatcher = value is > 0 and < 3 ? 3 : value;
                return null;
            case IgnoreTrapName or DetailName or LineNumbersName when value is not (0 or 1):
                return $"{name} is 0 or 1";
            case IgnoreTrapName:
                IgnoreTrap = value == 1;
                return null;
            case DetailName:
                Detail = value == 1;
                return null;
            case LineNumbersName:
                LineNumbers = value == 1;
                return null;
            default:
                return $"there is no setting '{name}'; there are {string.Join(", ", Names)}";
        }
    }

    private string? TrySetSync(string text)
    {
        if (!SyncMethods.TryParse(text, out SyncMethod method))
            return $"'{text}' is no method; there are {string.Join(", ", SyncMethods.Names)}";
        Sync = method;
        return null;
    }
}
