// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;
using Livewatcher.Symbols;
using Livewatcher.Symbols.Servers;

namespace Livewatcher.Cli.Composition;

/// <summary>The names of a running process, which are read by another thread while the backend is loaded and the guard seizes the threads: the three
/// have nothing to do with each other, and each takes some tens of milliseconds.</summary>
internal sealed class EarlySymbols : IDisposable
{
    private readonly Task<TargetSymbols> reading;
    private readonly ProcessLife life;
    private readonly TargetProcess process;
    private readonly IReadOnlyDictionary<ulong, ulong> program;
    private bool isTaken;

    internal EarlySymbols(ProcessLife life, Debuginfod? servers)
    {
        this.life = life;
        process = new TargetProcess(life, thread => ThreadPointer?.Invoke(thread));
        program = process.ReadAuxiliaryVector();
        reading = Task.Run(() => new TargetSymbols(process, new SymbolOptions(servers) { Progress = Progress }));
    }

    /// <summary>Of its debug information.</summary>
    internal ReadingProgress Progress { get; } = new();

    /// <summary>Reads a thread's pointer to itself: by whoever traces the process, once that is known.</summary>
    internal Func<ThreadId, Address?>? ThreadPointer { private get; set; }

    /// <summary>The process whose names are being read; null where it is another one, where it has left its program by exec since, and once its names are taken.</summary>
    internal TargetProcess? Of(ProcessLife one) =>
        !isTaken && ReferenceEquals(one, life) && program.Count > 0 && AuxiliaryVector.HasReplaced(program, process.ReadAuxiliaryVector()) == false ? process : null;

    /// <summary>The names of what <see cref="Of"/> has given, once; null for any other.</summary>
    /// <exception cref="UserException">They cannot be read.</exception>
    internal TargetSymbols? Take(ITargetProcess one)
    {
        if (isTaken || !ReferenceEquals(one, process))
            return null;
        isTaken = true;
        return reading.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        if (isTaken)
            return;
        isTaken = true;
        Task.WaitAny(reading); // nobody wants to know any more why it has failed
        if (reading.IsCompletedSuccessfully)
            reading.Result.Dispose();
    }
}
