// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Names for one process's memory and code. Not thread-safe: one thread at a time.</summary>
public interface ITargetSymbols : IDisposable
{
    /// <summary>Reads the target's mappings again and takes in modules that came, drops those that went.
    /// Returns true where anything changed.</summary>
    bool RefreshModules();

    /// <summary>True once the libraries that the program was linked with are mapped: the C library is there.</summary>
    bool HasLibraries => true;

    /// <summary>False where every library is mapped that ever will be: the C library is there, and nothing calls dlopen(3).</summary>
    bool LibrariesMayCome => true;

    /// <summary>Resolves a request against the memory as it is now.</summary>
    WatchResolution Resolve(WatchRequest request);

    /// <summary>Resolves a request for a watch that arms itself.</summary>
    ArisingResolution ResolveArising(WatchRequest request) => new(null, "nobody knows how to");

    /// <summary>Whether a hit's stack has a frame with this CFA, of this code.</summary>
    /// <returns>Null where the copied stack does not reach that far.</returns>
    bool? HasFrame(RawHit hit, Address frame, IReadOnlyList<(Address Start, Address End)> code) => null;

    /// <summary>Unwinds and names the stack of a hit. Never throws for what the target's memory or files hold.</summary>
    CallStack Unwind(RawHit hit);

    /// <summary>The same.</summary>
    /// <param name="hit">The hit.</param>
    /// <param name="reach">How far up the stack it has gone.</param>
    CallStack Unwind(RawHit hit, out StackReach reach)
    {
        reach = default;
        return Unwind(hit);
    }

    /// <summary>Finds the instruction that made the access. For data the one before RIP, for execution the one at RIP.</summary>
    /// <param name="hit">The hit.</param>
    /// <param name="candidates">The watched slots, to prove the writer by its effective address.</param>
    Instruction? FindInstruction(RawHit hit, IReadOnlyList<HardwareSlot> candidates);

    /// <summary>Which slots the instruction of this hit has touched, by its memory operand: for recovered hits, whose slot
    /// the processor did not say. Every slot where there is but one; none where it cannot be told.</summary>
    IReadOnlyList<int> TouchedSlots(RawHit hit, IReadOnlyList<HardwareSlot> slots);

    /// <summary>Whether a hit of a slot was one of these of its bytes, by the instruction's memory operand.</summary>
    /// <param name="hit">The hit.</param>
    /// <param name="slot">What its debug register holds.</param>
    /// <param name="part">Some of its bytes, not necessarily aligned.</param>
    /// <returns>Null where the instruction does not tell.</returns>
    bool? HasTouched(RawHit hit, HardwareSlot slot, HardwareSlot part) => null;

    /// <summary>What the instruction has stored into a slot, as far as the registers tell; null where they do not.</summary>
    /// <param name="hit">The hit.</param>
    /// <param name="slot">The slot, or some of its bytes.</param>
    /// <param name="old">These bytes before, where known.</param>
    ulong? StoredValue(RawHit hit, HardwareSlot slot, ulong? old);

    /// <summary>The system call of a kernel hit with its arguments, as strace writes it.</summary>
    /// <param name="registers">At the call.</param>
    /// <param name="descriptor">What the first argument referred to, if it is a descriptor; null asks the process now.</param>
    string? FormatSystemCall(UserRegisters registers, string? descriptor = null);

    /// <summary>Grows whenever modules have come or gone: what was known of code by its address may be other code then.</summary>
    int Generation => 0;

    /// <summary>The place of an instruction in its module; null where no module has it.</summary>
    CodePosition? SiteOf(Address code) => null;

    /// <summary>Whether a frame is where a rule says.</summary>
    /// <param name="rule">What the user has named.</param>
    /// <param name="frame">One line of a stack.</param>
    bool IsAt(WriterRule rule, Frame frame) => false;

    /// <summary>Whether an address lies in the program itself, which is never unloaded. False does not mean that it lies in a library.</summary>
    bool IsInProgram(Address address) => false;

    /// <summary>symbol+offset of an address in a module, else null.</summary>
    string? NameOf(Address address);

    /// <summary>What the debug information could not give and the user should know (corrupt DWARF, separate file
    /// not found); each said once.</summary>
    IReadOnlyList<string> TakeWarnings();
}

/// <summary>Outcome of resolving a request: a watch, or a reason. An expected absence is a value.</summary>
public abstract record WatchResolution
{
    private WatchResolution()
    {
    }

    public sealed record Resolved(Watch Watch) : WatchResolution;

    /// <summary>No loaded module has this name; a library that is mapped later may.</summary>
    /// <param name="Reason">One line, with the nearest names.</param>
    public sealed record UnknownName(string Reason) : WatchResolution;

    /// <summary>It will not resolve by waiting: syntax, type error, unreadable pointer.</summary>
    public sealed record Impossible(string Reason) : WatchResolution;
}
