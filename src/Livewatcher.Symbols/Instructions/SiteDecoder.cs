// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
using Decoded = Iced.Intel.Instruction;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Finds the instructions around an address. Backwards, x86 code is ambiguous; so decode forward from the
/// function's start, and where none is known from every byte of a window, most of which soon fall into step.</summary>
internal sealed class SiteDecoder(CodeReader code, Func<Address, ILoadedModule?> moduleAt, InstructionText text)
{
    private const int LongestInstruction = 15;
    private const int LongestWalk = 1 << 18;
    private const int Window = 96;

    private readonly FunctionStarts _starts = new();
    private readonly MemoryAccessPlanner _planner = new();

    public CodeSite Decode(ulong rip, int bitness)
    {
        byte[] after = code.ReadFrom(rip, LongestInstruction);
        bool isVolatile = after.Length > 0 && code.LastWasMemory;
        Decoded at = DecodeOne(after, 0, rip, bitness);
        int? callNumber = null;
        Decoded? certain = rip == 0 ? null : WalkFromStart(rip, bitness, out callNumber);
        byte[] before = rip == 0 ? [] : code.ReadBefore(rip, Window);
        isVolatile |= before.Length > 0 && code.LastWasMemory;
        Decoded[] candidates = certain is { } one ? [one] : Vote(before, rip, bitness);
        return new CodeSite
        {
            Bitness = bitness,
            Before = Array.ConvertAll(candidates, instruction => Complete(instruction, bitness)),
            At = at.IsInvalid ? null : Complete(at, bitness),
            IsCertain = certain is not null,
            CallNumber = callNumber,
            IsEntry = moduleAt(new Address(rip)) is { } module && _starts.Before(module, rip) == rip,
            VolatileBytes = isVolatile ? [.. before, .. after] : null,
            VolatileStart = rip - (ulong)before.Length,
        };
    }

    private DecodedInstruction Complete(Decoded instruction, int bitness) =>
        new(instruction, _planner.Plan(instruction, bitness), text);

    /// <summary>The instruction before RIP as the only reading of the function's code allows; null where no start
    /// is known or where the walk meets something that is no code.</summary>
    /// <param name="callNumber">Where that is a system call: its number, if it is a constant of the code.</param>
    private Decoded? WalkFromStart(ulong rip, int bitness, out int? callNumber)
    {
        callNumber = null;
        ILoadedModule? module = moduleAt(new Address(rip - 1));
        ulong? start = module is null ? null : _starts.Before(module, rip - 1);
        if (start is null || start >= rip || rip - start.Value > LongestWalk)
        {
            return null;
        }

        byte[] bytes = new byte[(int)(rip - start.Value)];
        if (!code.TryRead(start.Value, bytes))
        {
            return null;
        }

        var decoder = Decoder.Create(bitness, bytes, start.Value);
        Decoded instruction = default;
        while (decoder.IP < rip)
        {
            decoder.Decode(out instruction);
            if (instruction.IsInvalid)
            {
                return null;
            }
        }

        if (decoder.IP != rip)
        {
            return null;
        }

        callNumber = DecodedInstruction.IsSystemCallOf(instruction) ? CallNumber(bytes, start.Value, instruction.IP, bitness) : null;
        return instruction;
    }

    private static int? CallNumber(byte[] function, ulong start, ulong call, int bitness)
    {
        var decoder = Decoder.Create(bitness, function, start);
        var tracker = new CallNumberTracker();
        while (decoder.IP < call)
        {
            tracker.Feed(decoder.Decode());
        }

        return tracker.Number;
    }

    /// <summary>Decodes from every byte of the window. The instructions that end at RIP, those first to which most
    /// of the starts lead.</summary>
    private static Decoded[] Vote(byte[] window, ulong rip, int bitness)
    {
        int length = window.Length;
        ulong origin = rip - (ulong)length;
        int[] last = new int[length];
        int[] votes = new int[length];
        for (int start = length - 1; start >= 0; start--)
        {
            Decoded instruction = DecodeOne(window, start, origin + (ulong)start, bitness);
            int end = start + instruction.Length;
            bool isLast = end == length;
            last[start] = instruction.IsInvalid || end > length ? -1 : isLast ? start : last[end];
            if (last[start] >= 0)
            {
                votes[last[start]]++;
            }
        }

        return [.. Enumerable.Range(0, length)
            .Where(start => votes[start] > 0)
            .OrderByDescending(start => votes[start])
            .Select(start => DecodeOne(window, start, origin + (ulong)start, bitness))];
    }

    private static Decoded DecodeOne(byte[] bytes, int offset, ulong address, int bitness)
    {
        if (offset >= bytes.Length)
        {
            return default;
        }

        var reader = new ByteArrayCodeReader(bytes, offset, bytes.Length - offset);
        return Decoder.Create(bitness, reader, address).Decode();
    }
}
