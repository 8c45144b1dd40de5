// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Fuzz.Hostile;
using Livewatcher.Model;
using Livewatcher.Symbols;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Fuzz.Targets;

/// <summary>The input is the file of a target's only module, with its debug information: everything that Symbols reads of such a
/// file is asked for, by the way that run and attach take. "Never throws for what the target's memory or files hold."</summary>
internal static class ElfTarget
{
    private const int MostAddresses = 24;
    private const int StackWords = 64;

    /// <summary>Names that the seeds have (seeds/program.c, program.cpp, hand-written DWARF).</summary>
    private static readonly string[] Expressions =
    [
        "head->next->colour", "*head", "first.letters[1]", "first.high", "table[1][2]", "ratio", "ready", "*(struct node*)head", "callback",
        "twice::counter", "program.c::store", "box", "box.held", "ns::Box<long>::boxes", "ns::hidden", "derived->base", "*derived->box",
        "derived->reference", "cyclic", "cyclic.self", "nothing_like_it", "local@1",
    ];

    private static readonly string[] Places = ["_start", "store", "program.c:40", "program.c::twice", "ns::Box<long>::keep", "*0x401000"];

    internal static void Run(byte[] input)
    {
        Scratch.Put(input);
        AskAll(new ImageProcess(input, Scratch.Program, openable: true));
        AskAll(new ImageProcess(input, Scratch.Program, openable: false));
    }

    private static void AskAll(ImageProcess process)
    {
        using TargetSymbols symbols = new(process);
        AskExpressions(process, symbols);
        List<Address> addresses = [.. AddressesOf(process).Distinct().Take(MostAddresses)];
        foreach (Address address in addresses)
            AskHit(symbols, process, address, addresses);
        symbols.RefreshModules();
        _ = symbols.LibrariesMayCome;
        foreach (string warning in symbols.TakeWarnings())
            Claim.IsPrintable(warning, "a warning");
    }

    private static void AskExpressions(ImageProcess process, TargetSymbols symbols)
    {
        foreach (string expression in Expressions)
        {
            if (symbols.Resolve(new WatchRequest(expression, AccessMode.Write)) is WatchResolution.Resolved { Watch: var watch })
            {
                byte[] value = new byte[Math.Min(watch.Length, 64)];
                process.TryRead(watch.Address, value);
                Claim.IsPrintable(watch.Format.Format(value, symbols.NameOf).Text, "a value");
                Claim.IsPrintable(watch.TypeName, "a type's name");
            }
        }

        foreach (string place in Places)
            symbols.Resolve(new WatchRequest(place, AccessMode.Execute));
    }

    private static void AskHit(TargetSymbols symbols, ImageProcess process, Address address, List<Address> addresses)
    {
        RawHit hit = HitAt(process, address, addresses);
        HardwareSlot[] slots = [new(address, 4, AccessMode.Write), new(addresses[^1], 8, AccessMode.Access)];
        CallStack stack = symbols.Unwind(hit);
        foreach (Frame frame in stack.Frames)
        {
            Claim.IsPrintable(frame.Function, "a function's name");
            Claim.IsPrintable(frame.File, "a file's name");
        }

        Claim.IsPrintable(symbols.NameOf(address), "a symbol's name");
        symbols.FindInstruction(hit, slots);
        symbols.TouchedSlots(hit, slots);
        symbols.StoredValue(hit, slots[0], null);
        symbols.FormatSystemCall(hit.Registers);
    }

    /// <summary>A stack full of return addresses, so that each of them is unwound.</summary>
    private static RawHit HitAt(ImageProcess process, Address address, List<Address> addresses)
    {
        bool isNarrow = process.Layout is { Shape.WordSize: 4 };
        byte[] stack = new byte[StackWords * sizeof(ulong)];
        ulong top = isNarrow ? 0xffff_0000UL : 0x7ffd_0000_0000UL;
        for (int i = 0; i < StackWords; i++)
        {
            ulong word = i % 3 == 2 ? top + (ulong)(i * 8) + 16 : addresses[i % addresses.Count].Value;
            BinaryPrimitives.WriteUInt64LittleEndian(stack.AsSpan(i * sizeof(ulong)), word);
        }

        return new RawHit
        {
            Time = 1, Process = new ProcessId(1), Thread = new ThreadId(1), ThreadName = "main", Cpu = 0, Slot = 0, Address = address, Length = 4,
            Origin = HitOrigin.User, Stack = stack,
            Registers = default(UserRegisters) with
            {
                Rip = address.Value, Rsp = top, Rbp = top + 16, Rax = address.Value, Rdi = address.Value, OrigRax = UserRegisters.UnknownCall,
                Cs = isNarrow ? 0x23UL : 0x33UL,
            },
        };
    }

    private static IEnumerable<Address> AddressesOf(ImageProcess process)
    {
        yield return process.Entry;
        yield return process.Entry + 4;
        foreach (ProgramHeader header in process.Layout?.Headers.Where(header => header.IsLoaded) ?? [])
        {
            var start = new Address(unchecked(process.Bias + header.VirtualAddress));
            yield return start;
            yield return start + (header.FileSize / 2);
            for (ulong i = 1; i < 8; i++)
                yield return process.Entry + (i * 16);
        }
    }
}
