// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols;

namespace Livewatcher.MicroBench.Stage;

/// <summary>The stage with its names read: what most benchmarks begin with.</summary>
public sealed class StagedWatch : IDisposable
{
    public StagedWatch()
    {
        Symbols = new TargetSymbols(Program.Target);
        Watch = ((WatchResolution.Resolved)Symbols.Resolve(new WatchRequest(StageProgram.Expression, AccessMode.Write))).Watch;
        Slot = new HardwareSlot(Watch.Address, Watch.Length, AccessMode.Write);
        Raw = Program.HitOn(Slot);
        Named = new Hit
        {
            Sequence = 1, Time = DateTimeOffset.UnixEpoch, Watch = Watch, Address = Watch.Address, Old = Show(StageProgram.Old), New = Show(StageProgram.New),
            Changed = true, Process = Raw.Process, Thread = Raw.Thread, ThreadName = Raw.ThreadName, Cpu = Raw.Cpu,
            Instruction = Symbols.FindInstruction(Raw, [Slot]), Stack = Symbols.Unwind(Raw),
        };
    }

    internal StageProgram Program { get; } = new();

    internal TargetSymbols Symbols { get; }

    internal Watch Watch { get; }

    internal HardwareSlot Slot { get; }

    internal RawHit Raw { get; }

    /// <summary>What the user is shown of it.</summary>
    internal Hit Named { get; }

    public void Dispose()
    {
        Symbols.Dispose();
        Program.Dispose();
    }

    private Value Show(ulong value) => Watch.Format.Format(BitConverter.GetBytes((uint)value), Symbols.NameOf);
}
