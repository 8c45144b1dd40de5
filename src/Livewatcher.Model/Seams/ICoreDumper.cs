// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Writes core files of watched processes. A process stands still while its own is written, and goes on.</summary>
public interface ICoreDumper
{
    /// <summary>Whether one is being written, of this process or (null) of any.</summary>
    bool IsBusy(ProcessId? process);

    /// <summary>Begins; does not wait for the end. One at a time for each process.</summary>
    /// <param name="process">Not busy.</param>
    /// <param name="file">Made here, for the owner only; must not exist.</param>
    /// <returns>errno(3) by name or other reason why it has not begun; null where it has.</returns>
    string? Begin(ProcessId process, string file);

    /// <summary>Those that have ended since, their processes going on already.</summary>
    IReadOnlyList<CoreFile> TakeFinished();

    /// <summary>Breaks off what is being written; the processes go on, and what has been written is removed.</summary>
    void Abandon();
}

/// <summary>A core file that was begun, and has ended.</summary>
/// <param name="Process">Whose.</param>
/// <param name="File">Where.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Took">How long the process stood still, at most.</param>
/// <param name="Failure">Why there is none; null where it is written.</param>
public sealed record CoreFile(ProcessId Process, string File, long Bytes, TimeSpan Took, string? Failure);
