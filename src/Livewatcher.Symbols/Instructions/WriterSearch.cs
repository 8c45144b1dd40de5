// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Iced.Intel;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Instructions;

/// <summary>An instruction held to have made an access.</summary>
/// <param name="Instruction">Null where none can be named.</param>
/// <param name="Proof">How far the registers bear it out.</param>
/// <param name="EffectiveAddress">Of the operand that proves it, else of its first one that can be computed.</param>
/// <param name="IsAtRip">True for an execution breakpoint: the instruction has not run yet.</param>
/// <param name="IsAmbiguous">True where another instruction is borne out just as well.</param>
/// <param name="IsCertain">True where the code leaves no doubt that it is the one that ends at RIP.</param>
internal readonly record struct Finding(
    DecodedInstruction? Instruction, Proof Proof, ulong? EffectiveAddress, bool IsAtRip = false, bool IsAmbiguous = false, bool IsCertain = false)
{
    public bool IsProven => Proof == Proof.Proven && !IsAmbiguous;
}

/// <summary>Decides which instruction made an access.</summary>
internal sealed class WriterSearch(ITargetMemory memory, SiteCache sites, ThreadPointers threadPointers)
{
    private const ulong ResumeFlag = 1UL << 16;

    public Finding Decide(RawHit hit, in UserRegisters registers, ReadOnlySpan<HardwareSlot> slots)
    {
        CodeSite site = SiteOf(registers);
        if (hit.Origin == HitOrigin.Kernel)
        {
            return SystemCall(site, registers);
        }

        Finding data = DecideData(hit, registers, site, slots);
        if (data.Proof == Proof.Proven)
        {
            return data;
        }

        foreach (HardwareSlot slot in slots)
        {
            // Execution breakpoints trap before the instruction: it is the one at RIP.
            if (slot.Mode == AccessMode.Execute && slot.Address.Value == registers.Rip && site.At is not null)
            {
                return new Finding(site.At, Proof.Proven, null, IsAtRip: true);
            }
        }

        return data;
    }

    private CodeSite SiteOf(in UserRegisters registers) => sites.At(registers.Rip, registers.IsCompatibilityMode ? 32 : 64);

    /// <summary>Holds one instruction against the slots.</summary>
    public Finding Judge(DecodedInstruction instruction, ThreadId thread, in UserRegisters registers, ReadOnlySpan<HardwareSlot> slots)
    {
        ulong? pointer = instruction.NeedsThreadPointer ? threadPointers.Of(thread) : null;
        Proof proof = Proofs.Judge(instruction, registers, pointer, slots, out ulong? address);
        if (instruction.NeedsThreadPointer && proof == Proof.Excluded)
        {
            proof = Proofs.Judge(instruction, registers, threadPointers.Refresh(thread), slots, out address);
        }

        return new Finding(instruction, proof, address);
    }

    /// <summary>The address of the operand that an instruction has written; null where it does not follow.</summary>
    public ulong? WrittenAddress(DecodedInstruction instruction, ThreadId thread, in UserRegisters registers)
    {
        ulong? pointer = instruction.NeedsThreadPointer ? threadPointers.Of(thread) : null;
        return instruction.Written is { } written && written.TryAddress(registers, pointer, out ulong address) ? address : null;
    }

    private Finding DecideData(RawHit hit, in UserRegisters registers, CodeSite site, ReadOnlySpan<HardwareSlot> slots)
    {
        // At a function's first instruction a call has just pushed its return address.
        bool callFirst = site.IsEntry || !site.IsCertain;
        Finding call = callFirst ? Call(hit, registers, site.Bitness, slots) : default;
        if (call.Proof == Proof.Proven)
        {
            return call;
        }

        Finding previous = Previous(hit, registers, site, slots);
        Finding repeated = Repeated(hit, registers, site, slots);
        if (previous.Proof == Proof.Proven && repeated.Proof == Proof.Proven)
        {
            return Choose(previous, repeated, hit, registers, slots);
        }

        if (previous.Proof == Proof.Proven || repeated.Proof == Proof.Proven)
        {
            return previous.Proof == Proof.Proven ? previous : repeated;
        }

        call = callFirst ? call : Call(hit, registers, site.Bitness, slots);
        return call.Proof == Proof.Proven ? call
            : previous.Proof == Proof.Possible ? previous
            : repeated.Proof == Proof.Possible ? repeated
            : call;
    }

    /// <summary>The instruction that ends at RIP. Of several readings one that is proven, else the likeliest.</summary>
    private Finding Previous(RawHit hit, in UserRegisters registers, CodeSite site, ReadOnlySpan<HardwareSlot> slots)
    {
        Finding first = default;
        for (int i = 0; i < site.Before.Length; i++)
        {
            Finding finding = site.Before[i].FallsThrough ? Judge(site.Before[i], hit.Thread, registers, slots) with { IsCertain = site.IsCertain } : default;
            if (finding.Proof == Proof.Proven)
            {
                return finding;
            }

            first = i == 0 && finding.Proof == Proof.Possible ? finding : first;
        }

        return first;
    }

    /// <summary>The instruction at RIP, if it is a string instruction in the middle of its repetitions.</summary>
    private Finding Repeated(RawHit hit, in UserRegisters registers, CodeSite site, ReadOnlySpan<HardwareSlot> slots)
    {
        Finding finding = site.At is { IsRepeatedString: true } at && registers.Rcx != 0
            ? Judge(at, hit.Thread, registers, slots)
            : default;
        return finding.Proof == Proof.Excluded ? default : finding;
    }

    /// <summary>RIP is at a repeated string instruction, and both it and the one before it may have been the writer.
    /// RF set means midway (Intel SDM vol. 3, 18.3.1.1; AMD's processors do not set it); or one of them stores another
    /// value than memory holds. Otherwise a guess: where the operand of the one before hangs on registers that the
    /// repetition moves, it would fit after every element; where not, a compiler had no reason to store what is
    /// overwritten at once.</summary>
    private Finding Choose(
        Finding previous, Finding repeated, RawHit hit, in UserRegisters registers, ReadOnlySpan<HardwareSlot> slots)
    {
        if ((registers.Eflags & ResumeFlag) != 0)
        {
            return repeated;
        }

        bool againstPrevious = Contradicts(previous, hit, registers, slots);
        bool againstRepeated = Contradicts(repeated, hit, registers, slots);
        if (againstPrevious != againstRepeated)
        {
            return againstPrevious ? repeated : previous;
        }

        bool isMidway = Array.Exists(previous.Instruction!.Accesses, access => access.DependsOnStringRegisters);
        return (isMidway ? repeated : previous) with { IsAmbiguous = true };
    }

    private bool Contradicts(Finding finding, RawHit hit, in UserRegisters registers, ReadOnlySpan<HardwareSlot> slots)
    {
        DecodedInstruction instruction = finding.Instruction!;
        ulong? expected = slots.Length == 1 && WrittenAddress(instruction, hit.Thread, registers) is { } address
            ? StoredBytes.Merge(instruction.Effect, address, instruction.Written!.Size, registers, slots[0], hit.Old)
            : null;
        return expected is not null && hit.New is not null && expected != hit.New;
    }

    /// <summary>The call before the return address on top of the stack, if RIP is where it leads.</summary>
    private Finding Call(RawHit hit, in UserRegisters registers, int bitness, ReadOnlySpan<HardwareSlot> slots)
    {
        if (!CallMayTouch(registers.Rsp, bitness / 8, slots)
            || ReadPointer(hit, registers.Rsp, registers.Rsp, bitness) is not { } returnAddress)
        {
            return default;
        }

        foreach (DecodedInstruction candidate in sites.At(returnAddress, bitness).Before)
        {
            if (!candidate.IsCall)
            {
                continue;
            }

            Finding finding = Judge(candidate, hit.Thread, registers, slots);
            if (finding.Proof != Proof.Excluded && Target(candidate, hit, registers, bitness) == registers.Rip)
            {
                return finding;
            }
        }

        return default;
    }

    /// <summary>A call writes its return address and may read its target.</summary>
    private static bool CallMayTouch(ulong stackPointer, int size, ReadOnlySpan<HardwareSlot> slots)
    {
        foreach (HardwareSlot slot in slots)
        {
            if (slot.Mode == AccessMode.Access || (slot.Mode == AccessMode.Write && Proofs.Overlaps(stackPointer, size, slot)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where a call has led, by its operand as it is now.</summary>
    private ulong? Target(DecodedInstruction call, RawHit hit, in UserRegisters registers, int bitness)
    {
        Iced.Intel.Instruction raw = call.Raw;
        if (raw.FlowControl == FlowControl.Call)
        {
            return raw.NearBranchTarget;
        }

        if (raw.Op0Kind == OpKind.Register)
        {
            // call rsp jumps to the stack pointer as it was before the push.
            int pushed = raw.Op0Register is Register.RSP or Register.ESP ? bitness / 8 : 0;
            return RegisterReader.Value(registers, raw.Op0Register) + (ulong)pushed;
        }

        MemoryAccess? operand = Array.Find(call.Accesses, access => access.Reads);
        ulong? pointer = call.NeedsThreadPointer ? threadPointers.Of(hit.Thread) : null;
        return operand is not null && operand.TryAddress(registers, pointer, out ulong address)
            ? ReadPointer(hit, address, registers.Rsp, bitness)
            : null;
    }

    /// <summary>The number of the system call before RIP, as the code tells it; null where it does not.</summary>
    public int? CallNumber(in UserRegisters registers) => SiteOf(registers).CallNumber;

    /// <summary>The system call instruction before RIP. At a hit in the kernel the registers are those with which the
    /// thread entered, and orig_ax is negative where it was not by a system call.</summary>
    private static Finding SystemCall(CodeSite site, in UserRegisters registers)
    {
        bool isCall = (long)registers.OrigRax >= 0 || registers.OrigRax == UserRegisters.UnknownCall;
        DecodedInstruction? found = isCall ? Array.Find(site.Before, instruction => instruction.IsSystemCall) : null;
        return found is null ? default : new Finding(found, Proof.Proven, null);
    }

    /// <summary>A pointer of the target: from the hit's own copy of the stack, which is of that moment, else from memory.</summary>
    private ulong? ReadPointer(RawHit hit, ulong address, ulong stackPointer, int bitness)
    {
        int size = bitness / 8;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        ulong offset = address - stackPointer;
        if (offset <= int.MaxValue && (int)offset + size <= hit.Stack.Length)
        {
            hit.Stack.Span.Slice((int)offset, size).CopyTo(bytes);
        }
        else if (!memory.TryRead(new Address(address), bytes[..size]))
        {
            return null;
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
