// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Terminals;

/// <summary>While a screen has the terminal, this process's standard streams do not lead there: output goes to a file, input is empty. A
/// program that is started meanwhile inherits that and keeps it. Streams that are no terminal stay as they are.</summary>
public sealed class StreamDetour : IDisposable
{
    private const int O_WRONLY = 1;
    private const int O_CREAT = 0x40;
    private const int O_TRUNC = 0x200;
    private const int O_APPEND = 0x400;

    private static readonly int[] OutputDescriptors = [1, 2];

    private readonly List<(int Descriptor, SafeDescriptor Saved)> saved = [];

    private StreamDetour()
    {
    }

    /// <summary>Output that would go to the terminal goes elsewhere.</summary>
    public bool LeadsOutput => saved.Exists(one => one.Descriptor > 0);

    /// <param name="file">Where output goes; it is made anew.</param>
    /// <exception cref="UserException">It cannot be written.</exception>
    public static StreamDetour Begin(string file)
    {
        StreamDetour detour = new();
        bool input = TerminalControl.IsTerminal(0) == 1;
        int[] outputs = [.. OutputDescriptors.Where(one => TerminalControl.IsTerminal(one) == 1)];
        if (input)
            detour.Lead(0, Open("/dev/null", 0));
        foreach (int one in outputs)
        {
            // Each truncates: nothing is written in between.
            detour.Lead(one, Open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND));
        }

        return detour;
    }

    /// <summary>As before.</summary>
    public void Dispose()
    {
        foreach ((int descriptor, SafeDescriptor former) in saved)
        {
            _ = TerminalControl.Duplicate(former.Number, descriptor);
            former.Dispose();
        }

        saved.Clear();
    }

    private void Lead(int descriptor, SafeDescriptor to)
    {
        using (to)
        {
            // What is kept must not go to whoever is started meanwhile.
            int former = TerminalControl.Control(descriptor, TerminalControl.F_DUPFD_CLOEXEC, 3);
            if (former < 0)
                throw Failure("standard streams", Marshal.GetLastPInvokeError());
            saved.Add((descriptor, new SafeDescriptor(former)));
            if (TerminalControl.Duplicate(to.Number, descriptor) < 0)
                throw Failure("standard streams", Marshal.GetLastPInvokeError());
        }
    }

    private static SafeDescriptor Open(string file, int flags)
    {
        const int OwnersOnly = 0x180; // 0600
        int opened = TerminalControl.Open(file, flags | TerminalControl.O_CLOEXEC, OwnersOnly);
        return opened >= 0 ? new SafeDescriptor(opened) : throw Failure(file, Marshal.GetLastPInvokeError());
    }

    private static UserException Failure(string what, int errno) => new($"--tui cannot lead output away from the screen: {what}: {Errno.Describe(errno)}");
}
