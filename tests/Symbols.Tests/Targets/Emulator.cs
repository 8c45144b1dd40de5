// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;

namespace Livewatcher.Symbols.Tests.Targets;

/// <summary>A 32-bit program that stands in qemu-i386(1) before its first instruction and waits for gdb at a socket.</summary>
internal sealed class Emulator : IDisposable
{
    private readonly Process _process;

    private readonly string _folder = Directory.CreateTempSubdirectory("lw-emulator-").FullName;

    public Emulator(Emulation emulation, IEnumerable<string> arguments)
    {
        Emulation = emulation;
        _process = Process.Start(new ProcessStartInfo(
            Emulation.Emulator, [.. Emulation.Options, "-g", Socket, emulation.Program, .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        for (var waited = 0; !File.Exists(Socket); waited++)
        {
            if (waited > 1000 || _process.HasExited)
            {
                throw new InvalidOperationException($"{Emulation.Emulator} does not listen");
            }

            Thread.Sleep(10);
        }
    }

    public Emulation Emulation { get; }

    public string Socket => Path.Combine(_folder, "gdb");

    public int ProcessId => _process.Id;

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
