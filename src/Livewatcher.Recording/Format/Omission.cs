// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Recording.Format;

/// <summary>Hits that the session has published and the recording lacks, by reason; the names are those of table omission.</summary>
internal enum Omission
{
    /// <summary>They came faster than they could be written.</summary>
    Lag,

    /// <summary>The file could not be written.</summary>
    Disk,

    /// <summary>Older than --record-max leaves room for.</summary>
    Size,

    /// <summary>Older than --record-age.</summary>
    Age,

    /// <summary>Older than --last.</summary>
    Last,
}

internal static class Omissions
{
    internal static string NameOf(Omission reason) => reason switch
    {
        Omission.Lag => "lag",
        Omission.Disk => "disk",
        Omission.Size => "size",
        Omission.Age => "age",
        _ => "last",
    };

    internal static Omission? Find(string name) =>
        Enum.GetValues<Omission>().Where(one => NameOf(one) == name).Select(one => (Omission?)one).FirstOrDefault();

    /// <summary>Not what the user has asked for: the statement at the end of the run says it too.</summary>
    internal static bool IsLoss(Omission reason) => reason is Omission.Lag or Omission.Disk;

    /// <summary>A gap of the closing statement.</summary>
    internal static string Sentence(Omission reason, long hits)
    {
        string count = hits == 1 ? "1 hit is" : $"{hits:N0} hits are";
        return reason switch
        {
            Omission.Lag => $"{count} not in the recording: they came faster than they could be written",
            Omission.Disk => $"{count} not in the recording: writing the file failed",
            Omission.Size => $"{count} not in the recording any more: older than --record-max leaves room for",
            Omission.Age => $"{count} not in the recording any more: older than --record-age",
            _ => $"{count} not in the recording: older than those that --last keeps",
        };
    }
}
