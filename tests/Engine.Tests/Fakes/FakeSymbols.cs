// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Names of one process, as the test has laid them down for its program. Complains about two threads at a time.</summary>
internal sealed class FakeSymbols(FakeMachine machine, FakeProcess process) : ITargetSymbols
{
    private int inside;

    internal string Program { get; } = process.Program;

    internal bool Disposed { get; private set; }

    internal int Refreshes { get; private set; }

    /// <summary>Modules that came since the last refresh.</summary>
    internal bool NewModules { get; set; }

    public bool RefreshModules() => Alone(() =>
    {
        Refreshes++;
        bool changed = NewModules || machine.LibrariesCame;
        NewModules = false;
        return changed;
    });

    public bool LibrariesMayCome => machine.LibrariesMayCome;

    public WatchResolution Resolve(WatchRequest request) => Alone(() => machine.Resolve(process, request));

    public ArisingResolution ResolveArising(WatchRequest request) => Alone(() => machine.ResolveArising(request));

    public bool? HasFrame(RawHit hit, Address frame, IReadOnlyList<(Address Start, Address End)> code) => Alone(() => machine.HasFrame(hit, frame));

    public CallStack Unwind(RawHit hit) => Alone(() => new CallStack(
        machine.Frames?.Invoke(hit) ?? [new Frame(new Address(hit.Registers.Rip), Program, $"f_{hit.Registers.Rip:x}", 0, null, 0, Inlined: false)],
        machine.StackCut));

    public Instruction? FindInstruction(RawHit hit, IReadOnlyList<HardwareSlot> candidates) =>
        Alone(() => machine.Excluded(hit) ? null : new Instruction(new Address(hit.Registers.Rip - 3), "mov [rdi], eax", machine.Proven(hit), null, null) { OnlyReads = machine.OnlyReads });

    public IReadOnlyList<int> TouchedSlots(RawHit hit, IReadOnlyList<HardwareSlot> slots) => Alone(() => machine.Touched(hit));

    public bool? HasTouched(RawHit hit, HardwareSlot slot, HardwareSlot part) => Alone(() => FakeMachine.HasTouched(hit, part));

    public ulong? StoredValue(RawHit hit, HardwareSlot slot, ulong? old) => Alone(() => machine.Stored(hit, slot, old));

    public string? FormatSystemCall(UserRegisters registers, string? descriptor = null) =>
        Alone(() => $"call{registers.OrigRax}(1{(descriptor is null ? "" : $" <{descriptor}>")}, 2)");

    public CodePosition? SiteOf(Address code) => new("build", Program, $"f_{code.Value + 1:x}", 0);

    public bool IsAt(WriterRule rule, Frame frame) => rule is WriterRule.Named named && named.Name == frame.Function;

    public string? NameOf(Address address) => machine.Names.GetValueOrDefault(address.Value);

    public IReadOnlyList<string> TakeWarnings() => Alone(machine.TakeWarnings);

    public void Dispose() => Disposed = true;

    private T Alone<T>(Func<T> act)
    {
        ObjectDisposedException.ThrowIf(Disposed, this);
        if (Interlocked.Exchange(ref inside, 1) == 1)
            throw new InvalidOperationException("two threads use one ITargetSymbols");
        try
        {
            return act();
        }
        finally
        {
            Volatile.Write(ref inside, 0);
        }
    }
}
