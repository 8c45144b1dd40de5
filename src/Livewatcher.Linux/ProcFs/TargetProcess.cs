// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Livewatcher.Model;

namespace Livewatcher.Linux.ProcFs;

/// <summary>A live process as /proc shows it.</summary>
/// <param name="life">Which.</param>
/// <param name="threadPointer">Reads a thread's pointer to itself, which takes a tracer; null where there is none.</param>
public sealed class TargetProcess(ProcessLife life, Func<ThreadId, Address?>? threadPointer = null) : ITargetProcess
{
    /// <summary>A process at its exit is held while they are read.</summary>
    private const int MostDescriptors = 1024;

    private readonly ConcurrentDictionary<int, string> descriptors = new();
    private readonly ProcessId id = life.Process;
    private readonly string root = $"/proc/{life.Process.Value}";

    public ProcessId Id => id;

    public ITargetMemory Memory { get; } = new TargetMemory(life);

    public string ExecutablePath => $"{root}/exe";

    public IReadOnlyList<Mapping> ReadMappings() => MappingsFile.Read($"{root}/maps");

    public string? OpenablePath(Mapping mapping)
    {
        if (mapping.Inode == 0)
            return null;

        // map_files opens the very file that is mapped, replaced or deleted; it takes CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN.
        string exact = $"{root}/map_files/{mapping.Start.Value:x}-{mapping.End.Value:x}";
        if (CanOpen(exact))
            return exact;
        string inside = $"{root}/root{mapping.Path}";
        return CanOpen(inside) ? inside : null;
    }

    public IReadOnlyDictionary<ulong, ulong> ReadAuxiliaryVector()
    {
        ReadOnlySpan<byte> bytes = ProcessFiles.ReadBytes($"{root}/auxv");
        return ProcessTable.BitsOf(id) == 32
            ? ParseAuxiliaryVector(MemoryMarshal.Cast<byte, uint>(bytes))
            : ParseAuxiliaryVector(MemoryMarshal.Cast<byte, ulong>(bytes));
    }

    /// <summary>Pairs of words of the program's width (create_elf_tables(), fs/binfmt_elf.c, also as fs/compat_binfmt_elf.c).</summary>
    internal static Dictionary<ulong, ulong> ParseAuxiliaryVector<TWord>(ReadOnlySpan<TWord> words)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        Dictionary<ulong, ulong> entries = [];
        for (int i = 0; i + 1 < words.Length && !TWord.IsZero(words[i]); i += 2)
            entries[ulong.CreateTruncating(words[i])] = ulong.CreateTruncating(words[i + 1]);
        return entries;
    }

    public IReadOnlyList<(ThreadId Thread, string Name)> ReadThreads()
    {
        List<(ThreadId, string)> threads = [];
        foreach (int tid in ProcessFiles.NumbersIn($"{root}/task"))
        {
            if (ProcessFiles.TryReadText($"{root}/task/{tid}/comm") is { } name)
                threads.Add((new ThreadId(tid), name.TrimEnd('\n')));
        }

        return threads;
    }

    public string? ReadThreadName(ThreadId thread) => ProcessFiles.TryReadText($"{root}/task/{thread.Value}/comm")?.TrimEnd('\n');

    public Address? ReadThreadPointer(ThreadId thread) => threadPointer?.Invoke(thread);

    public void Remember()
    {
        foreach (int descriptor in ProcessFiles.NumbersIn($"{root}/fd").Take(MostDescriptors))
        {
            if (ProcessFiles.TryReadLink($"{root}/fd/{descriptor}") is { } link)
                descriptors[descriptor] = link;
        }
    }

    public string? DescribeDescriptor(int descriptor) =>
        ProcessFiles.TryReadLink($"{root}/fd/{descriptor}") ?? descriptors.GetValueOrDefault(descriptor);

    private static bool CanOpen(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }
}
