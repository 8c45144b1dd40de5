// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Expressions.Memory;

/// <summary>One process as it is during one resolving: its memory and its modules in the order in which the dynamic linker
/// searches them.</summary>
internal sealed class TargetView
{
    private readonly Dictionary<ILoadedModule, ModuleImage> _images = [];

    internal TargetView(ITargetProcess process, IReadOnlyList<ILoadedModule> modules)
    {
        Process = process;
        Main = modules.FirstOrDefault(m => m.IsMainProgram);
        LinkMap = Main is null ? [] : LinkMapEntry.ReadAll(this, ImageOf(Main));
        Modules = [.. modules.OrderBy(m => m.IsMainProgram ? -1 : SearchPlace(m))];
        PointerSize = Main is not null ? ImageOf(Main).Shape.WordSize : Is32BitFile(process.ExecutablePath) ? 4 : 8;
    }

    internal ITargetProcess Process { get; }

    internal IReadOnlyList<ILoadedModule> Modules { get; }

    internal ILoadedModule? Main { get; }

    /// <summary>The dynamic linker's list; empty before it has run and in static programs.</summary>
    internal IReadOnlyList<LinkMapEntry> LinkMap { get; }

    /// <summary>8, or 4 in a 32-bit program.</summary>
    internal int PointerSize { get; }

    internal ModuleImage ImageOf(ILoadedModule module)
    {
        if (!_images.TryGetValue(module, out ModuleImage? image))
        {
            _images[module] = image = new ModuleImage(module, Process.Memory);
        }

        return image;
    }

    internal LinkMapEntry? LinkMapOf(ILoadedModule module) => SearchPlace(module) is var i && i < LinkMap.Count ? LinkMap[i] : null;

    internal ulong? ReadWord(Address address) => ReadUnsigned(address, PointerSize);

    /// <summary>Null where the memory cannot be read.</summary>
    internal ulong? ReadUnsigned(Address address, int size)
    {
        Span<byte> buffer = stackalloc byte[8];
        buffer.Clear();
        return Process.Memory.TryRead(address, buffer[..size]) ? BinaryPrimitives.ReadUInt64LittleEndian(buffer) : null;
    }

    /// <summary>EI_CLASS of the file, for a target of which no module could be read.</summary>
    private static bool Is32BitFile(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            Span<byte> identification = stackalloc byte[5];
            return RandomAccess.Read(file, identification, 0) == 5 && identification[4] == 1;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A target that is gone has no pointers either.
            return false;
        }
    }

    private int SearchPlace(ILoadedModule module)
    {
        for (int i = 0; i < LinkMap.Count; i++)
        {
            if (LinkMap[i].IsOf(module))
            {
                return i;
            }
        }

        return int.MaxValue;
    }
}
