// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Ptrace;

/// <summary>The debug registers of each thread as PTRACE_PEEKUSER shows them, in a stop. It shows what ptrace(2) has set, livewatcher's
/// own backend ptrace or a debugger; perf events have slots of their own in the kernel, which it does not see (ptrace_get_debugreg,
/// arch/x86/kernel/ptrace.c).</summary>
public static unsafe class DebugRegisterReader
{
    /// <summary>offsetof(struct user, u_debugreg) (arch/x86/include/asm/user_64.h).</summary>
    private const int DebugRegistersOffset = 848;
    private const int Control = 7;

    private static readonly int[] Numbers = [0, 1, 2, 3, Control];
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>DR0 to DR3 and DR7 of each thread; threads that end meanwhile or do not stop are left out.</summary>
    /// <param name="process">The process.</param>
    /// <param name="guard">Who traces it already; null for nobody.</param>
    public static IReadOnlyList<(ThreadId Thread, IReadOnlyList<ulong> Registers)> Read(ProcessId process, GuardTracer? guard)
    {
        List<(ThreadId, IReadOnlyList<ulong>)> read = [];
        // Whoever sleeps so that no signal wakes it does not stop for us either, and the guard has others to look after.
        IEnumerable<int> threads = ProcessFiles.NumbersIn($"/proc/{process}/task").Order()
            .Where(tid => ThreadActivity.Read(process, tid) is { HasEnded: false, State: not 'D' });
        if (guard is null)
            ThreadHold.ForEach(threads, StopPatience, tid => Add(tid, Peek(tid)));
        else
            threads.ToList().ForEach(tid => Add(tid, guard.ReadDebugRegisters(new ThreadId(tid))));
        return read;

        void Add(int tid, IReadOnlyList<ulong>? registers)
        {
            if (registers is not null)
                read.Add((new ThreadId(tid), registers));
        }
    }

    private static ulong[]? Peek(int tid)
    {
        ulong[] values = new ulong[Numbers.Length];
        for (int i = 0; i < Numbers.Length; i++)
        {
            fixed (ulong* value = &values[i])
            {
                if (ThreadControl.Trace(ThreadControl.PTRACE_PEEKUSER, tid, DebugRegistersOffset + (Numbers[i] * sizeof(ulong)), (nint)value) != 0)
                    return null;
            }
        }

        return values;
    }
}
