// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>A copy of an ELF file with some bytes of its debug sections changed, opened by libdw.</summary>
internal sealed partial class DamagedFile : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _file;

    /// <param name="original">The file's bytes.</param>
    /// <param name="sections">Offset and size of the sections to damage.</param>
    /// <param name="seed">Which bytes.</param>
    public DamagedFile(byte[] original, IReadOnlyList<(int Offset, int Size)> sections, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = [.. original];
        (int offset, int size) = sections[random.Next(sections.Count)];
        for (int i = 0; i < random.Next(1, 20); i++)
        {
            int place = offset + random.Next(size);
            bytes[place] = random.Next(4) switch
            {
                0 => 0xff,
                1 => 0,
                2 => (byte)(bytes[place] ^ (1 << random.Next(8))),
                _ => (byte)random.Next(256),
            };
        }

        _path = Path.GetTempFileName();
        File.WriteAllBytes(_path, bytes);
        _file = File.OpenHandle(_path);
        Dwarf = dwarf_begin((int)_file.DangerousGetHandle(), 0);
    }

    /// <summary>0 where libdw sees that the file is broken.</summary>
    public nint Dwarf { get; }

    public void Dispose()
    {
        if (Dwarf != 0)
        {
            _ = dwarf_end(Dwarf);
        }

        _file.Dispose();
        File.Delete(_path);
    }

    [LibraryImport("libdw.so.1")]
    private static partial nint dwarf_begin(int file, int command);

    [LibraryImport("libdw.so.1")]
    private static partial int dwarf_end(nint dwarf);
}
