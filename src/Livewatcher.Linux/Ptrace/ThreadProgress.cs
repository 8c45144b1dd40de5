// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Ptrace;

/// <summary>Whether threads have been on a CPU since some moment. One that was taken off it between a store's exception and the stop that
/// the exception's signal brings is runnable, and neither the kernel nor ptrace(2) says what it is about to do; as soon as it has run
/// again, it has stopped (exit_to_user_mode_loop(), kernel/entry/common.c).</summary>
internal static class ThreadProgress
{
    /// <summary>Waits until every thread that is runnable now has run, or sleeps, is stopped or gone.</summary>
    /// <returns>False where one has not in time.</returns>
    internal static bool Await(IEnumerable<ProcessId> processes, TimeSpan atMost)
    {
        List<(ProcessId Process, int Tid, long Before)> waiting =
        [
            .. from process in processes
               from tid in ProcessFiles.NumbersIn($"/proc/{process}/task")
               select (process, tid, ThreadActivity.Read(process, tid).Run),
        ];
        return Polling.Until(
            () =>
            {
                waiting.RemoveAll(one => ThreadActivity.Read(one.Process, one.Tid) is var now && (now.State != 'R' || now.Run != one.Before));
                return waiting.Count == 0;
            },
            atMost);
    }
}
