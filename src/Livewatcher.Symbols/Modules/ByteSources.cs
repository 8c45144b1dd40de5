// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Modules;

/// <summary>A file, by pread(2).</summary>
internal sealed class FileByteSource(SafeFileHandle file) : IByteSource
{
    public bool TryRead(ulong offset, Span<byte> buffer)
    {
        if (offset > long.MaxValue - (ulong)buffer.Length)
        {
            return false;
        }

        try
        {
            var done = 0;
            while (done < buffer.Length)
            {
                var count = RandomAccess.Read(file, buffer[done..], (long)offset + done);
                if (count == 0)
                {
                    return false;
                }

                done += count;
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

/// <summary>The head of a module's own file, by what it says of itself: offset 0 is its first mapped byte.</summary>
internal sealed class ModuleByteSource(ILoadedModule module) : IByteSource
{
    public bool TryRead(ulong offset, Span<byte> buffer) => module.TryReadFile(module.Start + offset, buffer);
}

/// <summary>The head of an ELF file as it is mapped at an address: offset 0 is the first byte there.</summary>
internal sealed class MappedByteSource(ITargetMemory memory, Address start, ulong length) : IByteSource
{
    public bool TryRead(ulong offset, Span<byte> buffer) =>
        offset <= length && (ulong)buffer.Length <= length - offset && memory.TryRead(start + offset, buffer);
}
