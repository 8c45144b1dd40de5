// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Serving;

/// <summary>A caller of liblivewatcher as it waited for its answer: its registers and a copy of its stack. Unwound when it is shown.</summary>
internal sealed class CapturedStack
{
    private const int PageSize = 4096;
    private const int MostPages = 4;
    private const string LibraryPrefix = "liblivewatcher.";

    /// <summary>The library's own frames lie within these innermost ones, where it is linked statically.</summary>
    private const int LibraryDepth = 8;

    private readonly RawHit hit;
    private CallStack? unwound;

    private CapturedStack(RawHit hit) => this.hit = hit;

    /// <summary>Copies up to 16 KiB from the stack pointer on. The caller must not run meanwhile.</summary>
    internal static CapturedStack Of(WatchedProcess process, ThreadId thread, UserRegisters registers) =>
        new(HitOf(process, thread, registers, time: 0));

    /// <summary>The same as a hit whose slot nobody has told.</summary>
    internal static RawHit HitOf(WatchedProcess process, ThreadId thread, UserRegisters registers, ulong time)
    {
        byte[] stack = new byte[MostPages * PageSize];
        int done = 0;
        while (done < stack.Length)
        {
            int piece = Math.Min(stack.Length - done, PageSize - (int)((registers.Rsp + (ulong)done) % PageSize));
            if (!process.Process.Memory.TryRead(new Address(registers.Rsp + (ulong)done), stack.AsSpan(done, piece)))
                break;
            done += piece;
        }

        return new RawHit
        {
            Time = time,
            Process = process.Id,
            Thread = thread,
            ThreadName = process.Process.ReadThreadName(thread) ?? string.Empty,
            Cpu = 0,
            Slot = -1,
            Address = default,
            Recovered = time > 0,
            Origin = HitOrigin.User,
            Registers = registers,
            Stack = stack.AsMemory(0, done),
            StackCut = done == 0 ? StackCut.Unreadable : done < stack.Length ? StackCut.EndOfMapping : StackCut.None,
        };
    }

    /// <summary>The caller's frames without the library's own.</summary>
    internal CallStack Unwind(ITargetSymbols symbols)
    {
        if (unwound is { } known)
            return known;
        CallStack whole = symbols.Unwind(hit);
        int own = 0;
        for (int i = 0; i < Math.Min(whole.Frames.Count, LibraryDepth); i++)
        {
            if (IsLibrarys(whole.Frames[i]))
                own = i + 1;
        }

        return unwound = whole with { Frames = [.. whole.Frames.Skip(own)] };
    }

    /// <summary>The outermost functions of the library are those of its interface, and all their names begin alike.</summary>
    private static bool IsLibrarys(Frame frame) =>
        frame.Module?.StartsWith(LibraryPrefix, StringComparison.Ordinal) == true
        || frame.Function is "set_watcher" or "lw_watch" or "lw_backtrace" or "lw_dump_dr";
}
