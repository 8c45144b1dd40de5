// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Terminals;

/// <summary>The terminal that this process belongs to, as a screen: its other page (xterm's alternate screen), keys as they are pressed,
/// nothing echoed. <see cref="Leave"/> puts everything back, from any thread and any number of times.</summary>
public sealed unsafe class ScreenTerminal : IDisposable
{
    // ECMA-48 and DEC private modes: 1049 is the alternate screen with the cursor saved, 25 shows the cursor.
    private static readonly byte[] EnterSequence = [.. "\e[?1049h\e[?25l\e[0m\e[2J"u8];
    private static readonly byte[] LeaveSequence = [.. "\e[0m\e[?25h\e[?1049l"u8];

    private readonly SafeDescriptor descriptor;
    private readonly DescriptorStream stream;
    private readonly Lock gate = new();
    private TerminalControl.Settings found;
    private bool entered;

    private ScreenTerminal(SafeDescriptor descriptor)
    {
        this.descriptor = descriptor;
        stream = new DescriptorStream(descriptor.Number);
    }

    /// <exception cref="UserException">There is none.</exception>
    public static ScreenTerminal Open()
    {
        int opened = TerminalControl.Open("/dev/tty", TerminalControl.O_RDWR | TerminalControl.O_NOCTTY | TerminalControl.O_CLOEXEC, 0);
        return opened >= 0
            ? new ScreenTerminal(new SafeDescriptor(opened))
            : throw new UserException($"--tui takes a terminal, and this process has none: /dev/tty: {Errno.Describe(Marshal.GetLastPInvokeError())} (over ssh: ssh -t)");
    }

    /// <summary>Columns and rows; 80 by 24 where it does not say.</summary>
    public (int Columns, int Rows) Size
    {
        get
        {
            TerminalControl.WindowSize size = default;
            return TerminalControl.IoControl(descriptor.Number, TerminalControl.TIOCGWINSZ, &size) == 0 && size is { Columns: > 0, Rows: > 0 }
                ? (size.Columns, size.Rows)
                : (80, 24);
        }
    }

    /// <exception cref="IOException">The terminal is gone.</exception>
    public void Enter()
    {
        lock (gate)
        {
            if (entered)
                return;
            TerminalControl.Settings settings;
            if (TerminalControl.Get(descriptor.Number, &settings) != 0)
                throw new IOException($"tcgetattr: {Errno.Describe(Marshal.GetLastPInvokeError())}");
            found = settings;
            TerminalControl.MakeRaw(&settings);
            if (TerminalControl.Set(descriptor.Number, TerminalControl.TCSADRAIN, &settings) != 0)
                throw new IOException($"tcsetattr: {Errno.Describe(Marshal.GetLastPInvokeError())}");
            entered = true;
            stream.Write(EnterSequence);
        }
    }

    public void Leave()
    {
        lock (gate)
        {
            if (!entered)
                return;
            entered = false;
            try
            {
                stream.Write(LeaveSequence);
            }
            catch (IOException)
            {
                // It is gone, and needs nothing any more.
            }

            TerminalControl.Settings settings = found;
            _ = TerminalControl.Set(descriptor.Number, TerminalControl.TCSADRAIN, &settings);
        }
    }

    /// <summary>Nothing where the screen has been left meanwhile.</summary>
    /// <exception cref="IOException">The terminal is gone.</exception>
    public void Write(ReadOnlySpan<byte> text)
    {
        lock (gate)
        {
            if (entered)
                stream.Write(text);
        }
    }

    /// <summary>What was typed; 0 where nothing was in that time.</summary>
    /// <exception cref="IOException">The terminal is gone.</exception>
    public int Read(Span<byte> into, TimeSpan atMost)
    {
        Libc.PollDescriptor polled = new() { Descriptor = descriptor.Number, Events = Libc.POLLIN };
        if (Libc.Poll(&polled, 1, (int)atMost.TotalMilliseconds) <= 0)
            return 0;
        fixed (byte* bytes = into)
        {
            nint count = Libc.Read(descriptor.Number, bytes, (nuint)into.Length);
            int errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (count == 0 || errno is not (0 or Errno.EINTR or Errno.EAGAIN))
                throw new IOException(count == 0 ? "the terminal has been closed" : Errno.Describe(errno));
            return (int)Math.Max(count, 0);
        }
    }

    /// <summary>Stops this process, and only it: not the program that it has started, which shares its process group.</summary>
    public static void StopOurselves() => _ = Libc.Kill(Environment.ProcessId, TerminalControl.SIGSTOP);

    public void Dispose()
    {
        Leave();
        descriptor.Dispose();
    }
}
