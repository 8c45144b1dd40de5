// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Ptrace;
using Livewatcher.Linux.Records;
using Livewatcher.Linux.Scheduling;
using Livewatcher.Model;

namespace Livewatcher.Linux.Guard;

/// <summary>The C# end of the guard process (native/guard/guard.h): commands out, answers and events in.
/// One named thread reads; commands may come from any thread, one at a time waits for its answer.</summary>
public sealed unsafe class GuardTracer : ITracer
{
    /// <summary>From the last word of the guard: while it arms thousands of threads it says twice a second how far it is.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly SafeDescriptor socket;
    private readonly int guardPid;
    private readonly PtraceHitSource? traps;
    private readonly Thread reader;
    private readonly Mailbox<TracerEvent> events = new();
    private Action? arrived;
    private readonly Mailbox<GuardPacket> answers = new();
    private readonly Lock commandLock = new();
    private readonly GuardEvents reading = new(new ThreadNames());
    private double armedPart = double.NaN;
    private volatile bool gone;
    private volatile bool detached;

    private GuardTracer(SafeDescriptor socket, int guardPid, PtraceHitSource? traps)
    {
        this.socket = socket;
        this.guardPid = guardPid;
        this.traps = traps;
        traps?.Connect(number =>
        {
            GuardPacket settle = new() { Kind = (uint)GuardCommand.LW_COMMAND_SETTLE };
            settle.Value[0] = number;
            Send(settle);
            return !gone;
        });
        reader = new Thread(ReadAll) { Name = "lw-guard-reader", IsBackground = true };
        reader.Start();
    }

    /// <summary>Forks the guard. With a launch request it starts the program and holds it at its exec.</summary>
    /// <param name="config">What it needs to know; the sockets are filled in here.</param>
    /// <param name="launch">What to start; null for nothing.</param>
    /// <param name="traps">Backend ptrace: who receives the hits.</param>
    /// <exception cref="UserException">The program cannot be started.</exception>
    internal static (GuardTracer Tracer, ProcessId Started) Start(GuardConfig config, LaunchRequest? launch, PtraceHitSource? traps)
    {
        int* pair = stackalloc int[2];
        if (Libc.SocketPair(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC, 0, pair) != 0)
            throw new UserException($"socketpair: {Errno.Describe(Marshal.GetLastPInvokeError())}");
        SafeDescriptor ours = new(pair[0]);
        using SafeDescriptor theirs = new(pair[1]);
        int receiveBuffer = 8 << 20;
        _ = Libc.SetSocketOption(ours.Number, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, &receiveBuffer, sizeof(int));
        config.Socket = theirs.Number;
        config.PeerSocket = ours.Number;

        int pid;
        if (launch is null)
        {
            pid = GuardNative.Start(&config, null, null, null);
        }
        else
        {
            using CStrings arguments = new(launch.Arguments);
            using CStrings environment = new(launch.Environment);
            byte* path = CStrings.Copy(launch.Path);
            using OwnNiceness.Lull lull = OwnNiceness.AsGiven();
            pid = GuardNative.Start(&config, path, arguments.Pointer, environment.Pointer);
            NativeMemory.Free(path);
        }

        if (pid < 0)
            throw new UserException($"fork for the guard: {Errno.Describe(-pid)}");
        GuardTracer tracer = new(ours, pid, traps);
        if (launch is null)
            return (tracer, default);
        try
        {
            theirs.Dispose(); // so that the guard's end is the last one, and its death is seen
            GuardPacket started = tracer.Await(GuardMessage.LW_MESSAGE_STARTED);
            if (started.Error != 0)
                throw new UserException($"cannot start {launch.Path}: {Errno.Describe(started.Error)}");
            return (tracer, new ProcessId(started.Tgid));
        }
        catch
        {
            tracer.Dispose();
            throw;
        }
    }

    public int Attach(ProcessId process)
    {
        GuardPacket answer = Ask(new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_ATTACH, Tgid = process.Value }, GuardMessage.LW_MESSAGE_ATTACHED);
        if (answer.Error != 0)
            throw new TraceRefusedException(answer.Error, new ThreadId(answer.Tid));
        return (int)answer.Count;
    }

    public void WatchLoader(ProcessId process, Address loaderBreak)
    {
        SlotSpec spec = new() { Address = loaderBreak.Value, Length = sizeof(long), Type = SlotSpecKinds.HW_BREAKPOINT_X };
        Arm(process, new Dictionary<int, SlotSpec> { [GuardLimits.LW_LOADER_SLOT] = spec });
    }

    public void UnwatchLoader(ProcessId process) => Disarm(process, 1u << GuardLimits.LW_LOADER_SLOT);

    public void Release(ProcessId process) => Send(new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_RELEASE, Tgid = process.Value });

    public void Abandon(ProcessId process)
    {
        const int SIGKILL = 9;
        _ = Libc.Kill(process.Value, SIGKILL);
    }

    /// <summary>Stops running threads for a moment, so that they are switched in with their registers loaded anew.</summary>
    public void Kick(ProcessId process) => Send(new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_KICK, Tgid = process.Value });

    public Address? ReadThreadPointer(ThreadId thread)
    {
        GuardPacket answer = Ask(
            new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_REGISTERS, Tid = thread.Value }, GuardMessage.LW_MESSAGE_REGISTERS);
        return answer.Error == 0 ? new Address(answer.Value[0]) : null;
    }

    /// <summary>DR0 to DR3 and DR7 as ptrace(2) sees them; null where the guard does not hold the thread, or no more.</summary>
    public IReadOnlyList<ulong>? ReadDebugRegisters(ThreadId thread)
    {
        GuardPacket answer = Ask(
            new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_DEBUG_REGISTERS, Tid = thread.Value }, GuardMessage.LW_MESSAGE_REGISTERS);
        return answer.Error == 0 ? [answer.Value[0], answer.Value[1], answer.Value[2], answer.Value[3], answer.Value[4]] : null;
    }

    /// <summary>Stops a process and lets go of its threads, so that another tracer can have them; armed it stays.</summary>
    /// <returns>errno(3): ESRCH where the guard does not hold it, EBUSY where it does not stop; 0.</returns>
    internal int Yield(ProcessId process) => detached || gone ? Errno.ESRCH
        : Ask(new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_YIELD, Tgid = process.Value }, GuardMessage.LW_MESSAGE_YIELDED).Error;

    /// <summary>The other tracer has gone: holds the process again, and lets it go on.</summary>
    /// <returns>errno(3); 0.</returns>
    internal int TakeBack(ProcessId process) => detached || gone ? Errno.ESRCH
        : Ask(new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_RETURN, Tgid = process.Value }, GuardMessage.LW_MESSAGE_RETURNED).Error;

    public void Detach()
    {
        if (detached || gone)
            return;
        detached = true;
        Ask(new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_DETACH }, GuardMessage.LW_MESSAGE_DETACHED);
    }

    public Action? Arrived
    {
        set => Volatile.Write(ref arrived, value);
    }

    public TracerEvent? Take(TimeSpan atMost) => events.TryTake(out TracerEvent? next, atMost) ? next : null;

    public void Dispose()
    {
        // Closing alone would leave the reader in recv(2), which keeps the socket open: the guard would never see our end.
        _ = Libc.Shutdown(socket.Number, Libc.SHUT_RDWR);
        reader.Join();
        socket.Dispose();
        int status;
        _ = Libc.WaitPid(guardPid, &status, 0);
    }

    /// <exception cref="ArmingException">The kernel refuses; nothing of this call is armed.</exception>
    internal int Arm(ProcessId process, IReadOnlyDictionary<int, SlotSpec> specs)
    {
        GuardPacket command = new() { Kind = (uint)GuardCommand.LW_COMMAND_ARM, Tgid = process.Value };
        foreach ((int slot, SlotSpec spec) in specs)
        {
            command.Mask |= 1u << slot;
            command.Spec[slot] = spec;
        }

        GuardPacket answer;
        try
        {
            answer = Ask(command, GuardMessage.LW_MESSAGE_ARMED);
        }
        finally
        {
            armedPart = double.NaN;
        }

        if (answer.Error != 0)
            throw new ArmingException(answer.Error, Errno.Describe(answer.Error), new ThreadId(answer.Tid), (int)answer.Slot);
        return (int)answer.Count;
    }

    /// <summary>Frees slots of a process (0: all); returns the kernel's counts.</summary>
    internal GuardPacket Disarm(ProcessId process, uint mask) =>
        Ask(
            new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_DISARM, Tgid = process.Value, Mask = mask },
            GuardMessage.LW_MESSAGE_DISARMED);

    /// <summary>The kernel's counts so far, of what is armed.</summary>
    internal GuardPacket Count(ProcessId process) =>
        Ask(new GuardPacket { Kind = (uint)GuardCommand.LW_COMMAND_COUNTS, Tgid = process.Value }, GuardMessage.LW_MESSAGE_COUNTS);

    /// <summary>How much of an arming under way is done, from 0 to 1; null before it has taken half a second. Asked from any thread.</summary>
    public double? ArmedPart => armedPart is var part && double.IsNaN(part) ? null : part;

    /// <summary>False where it writes the debug registers itself, by ptrace(2).</summary>
    internal bool ArmsByEvents => traps is null;

    /// <summary>Switches the events of slots off or on; they stay open.</summary>
    internal void Switch(ProcessId process, uint mask, bool on) => Ask(
        new GuardPacket { Kind = (uint)(on ? GuardCommand.LW_COMMAND_RESUME : GuardCommand.LW_COMMAND_SUSPEND), Tgid = process.Value, Mask = mask },
        GuardMessage.LW_MESSAGE_SWITCHED);

    private GuardPacket Ask(GuardPacket command, GuardMessage answer)
    {
        lock (commandLock)
        {
            Send(command);
            return Await(answer);
        }
    }

    private GuardPacket Await(GuardMessage kind)
    {
        while (answers.TryTake(out GuardPacket answer, AnswerTimeout))
        {
            if (answer.Kind == (uint)kind)
                return answer;
            if (answer.Kind == (uint)GuardMessage.LW_MESSAGE_ARMING && answer.Value[0] > 0)
                armedPart = answer.Count / (double)answer.Value[0];
        }

        throw new UserException(gone
            ? "the guard process has ended; the target runs on, unarmed"
            : $"the guard process has not answered for {AnswerTimeout.TotalSeconds:0} s ({kind})");
    }

    private void Send(GuardPacket packet)
    {
        if (Libc.Send(socket.Number, &packet, (nuint)sizeof(GuardPacket), Libc.MSG_NOSIGNAL) < 0)
            gone = true;
    }

    private void ReadAll()
    {
        byte[] buffer = new byte[sizeof(GuardPacket) + sizeof(GuardHit) + RecordLimits.LW_STACK_MAX];
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                nint got = Libc.Receive(socket.Number, bytes, (nuint)buffer.Length, 0);
                if (got < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                    continue;
                if (got < sizeof(GuardPacket))
                    break;
                OnMessage(buffer.AsSpan(0, (int)got));
            }
        }

        gone = true;
        if (!detached)
            Add(new TracerEvent.TracerGone());
        events.Close();
        answers.Close();
    }

    private void OnMessage(ReadOnlySpan<byte> message)
    {
        GuardPacket packet = MemoryMarshal.Read<GuardPacket>(message);
        ReadOnlySpan<byte> rest = message[sizeof(GuardPacket)..];
        ProcessId process = new(packet.Tgid);
        switch ((GuardMessage)packet.Kind)
        {
            case GuardMessage.LW_MESSAGE_EXEC:
                traps?.OnExec(packet.Value[0], process);
                break;
            case GuardMessage.LW_MESSAGE_FORKED:
                traps?.OnForked(packet.Value[0], process, new ProcessId(packet.Tid));
                break;
            case GuardMessage.LW_MESSAGE_TRAPPED:
                if (reading.Trapped(rest) is { } hit)
                    traps?.OnHit(hit);
                return;
            case GuardMessage.LW_MESSAGE_LOADER or GuardMessage.LW_MESSAGE_EXIT or GuardMessage.LW_MESSAGE_HIT or GuardMessage.LW_MESSAGE_EXITING:
            case GuardMessage.LW_MESSAGE_ARMED when packet.Error != 0 && packet.Mask == 0:
                break;
            default:
                answers.Add(packet);
                return;
        }

        foreach (TracerEvent happened in reading.Of(packet, rest))
            Add(happened);
    }

    private void Add(TracerEvent happened)
    {
        events.Add(happened);
        Volatile.Read(ref arrived)?.Invoke();
    }
}
