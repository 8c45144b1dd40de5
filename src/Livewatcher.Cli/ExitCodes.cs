// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli;

/// <summary>What livewatcher returns, but for run, which returns the target's own status.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    /// <summary>doctor: watching works, with restrictions. run and attach: the output could not be written to its end.</summary>
    internal const int Degraded = 1;

    /// <summary>A mistake in what was asked, or something that this machine does not allow.</summary>
    internal const int Usage = 2;

    /// <summary>run was interrupted and has left its target running: 128 + SIGINT.</summary>
    internal const int Interrupted = 130;

    /// <summary>A target's end as a shell reports it: its status, or 128 plus the signal.</summary>
    /// <param name="status">As wait(2) gives it.</param>
    internal static int FromWaitStatus(int status) => (status & 0x7f) != 0 ? 128 + (status & 0x7f) : (status >> 8) & 0xff;
}
