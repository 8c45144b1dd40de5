// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Tests.Targets;
using Livewatcher.Symbols.Unwinding;
using Xunit;

namespace Livewatcher.Symbols.Tests.Unwinding;

/// <summary>DWARF expressions of call frame information, computed by hand from DWARF 5, section 2.5.</summary>
public sealed class FrameExpressionTests
{
    private const ulong Stack = 0x7ffc_0000;

    /// <summary>ld's rule for PLT stubs: rsp + 8, and 8 more behind the push, which is 11 bytes into each 16.</summary>
    [Theory]
    [InlineData(0x1030, 8)]
    [InlineData(0x103a, 8)]
    [InlineData(0x103b, 16)]
    [InlineData(0x103f, 16)]
    public void PltStubs(ulong rip, ulong expected)
    {
        Compute(
            [
                Op(FrameOp.Breg0 + 7, 8), Op(FrameOp.Breg0 + 16), Op(DwarfOp.Lit0 + 15), Op(DwarfOp.And), Op(DwarfOp.Lit0 + 11),
                Op(FrameOp.Ge), Op(DwarfOp.Lit0 + 3), Op(FrameOp.Shl), Op(DwarfOp.Plus),
            ],
            rip).Should().Be(Stack + expected);
    }

    [Fact]
    public void ReadsTheCopiedStackOnly()
    {
        Compute([Op(FrameOp.Breg0 + 7, 8), Op(DwarfOp.Deref)]).Should().Be(0x1122_3344_5566_7788);
        Compute([Op(FrameOp.Breg0 + 7, 9), Op(DwarfOp.Deref)]).Should().BeNull();
        Compute([Op(FrameOp.Breg0 + 7, unchecked((ulong)-8)), Op(DwarfOp.Deref)]).Should().BeNull();
    }

    [Fact]
    public void Arithmetic()
    {
        Compute([Op(FrameOp.CallFrameCfa), Op(DwarfOp.PlusUconst, 5)]).Should().Be(0x5005);
        Compute([Op(DwarfOp.Const1S, unchecked((ulong)-16)), Op(DwarfOp.Const1U, 2), Op(FrameOp.Shra)]).Should().Be(unchecked((ulong)-4));
        Compute([Op(DwarfOp.Lit0 + 9), Op(DwarfOp.Lit0 + 4), Op(DwarfOp.Minus)]).Should().Be(5);
        Compute([Op(DwarfOp.Lit0 + 1), Op(FrameOp.Neg), Op(DwarfOp.Lit0), Op(FrameOp.Lt)]).Should().Be(1);
        Compute([Op(DwarfOp.Lit0 + 6), Op(DwarfOp.Dup), Op(FrameOp.Mul), Op(DwarfOp.Nop), Op(DwarfOp.StackValue)]).Should().Be(36);
        Compute([Op(DwarfOp.Const1U, 200), Op(DwarfOp.Const1U, 70), Op(FrameOp.Shl)]).Should().Be(0);
        Compute([Op(DwarfOp.Lit0 + 6), Op(FrameOp.Not), Op(DwarfOp.Lit0), Op(DwarfOp.Drop)]).Should().Be(~6UL);
    }

    [Fact]
    public void WhatCannotBeComputedIsRefused()
    {
        Compute([]).Should().BeNull();
        Compute([Op(DwarfOp.Plus)]).Should().BeNull();
        Compute([Op(DwarfOp.Lit0), Op(DwarfOp.Plus)]).Should().BeNull();
        Compute([Op(0x28)]).Should().BeNull("a branch could make a loop");
        Compute([Op(FrameOp.Breg0 + 20)]).Should().BeNull();
        Compute([Op(FrameOp.BregX, ulong.MaxValue)]).Should().BeNull();
        Compute([.. Enumerable.Repeat(Op(DwarfOp.Lit0), 1000)]).Should().BeNull();
    }

    /// <summary>In 32-bit code the generic type has 32 bits (DWARF 5, 2.5.1): esp is register 4, a word has 4 bytes, and sums wrap.</summary>
    [Fact]
    public void NarrowArithmeticWrapsAt32Bits()
    {
        Narrow([Op(FrameOp.Breg0 + 4, 8), Op(DwarfOp.Deref)]).Should().Be(0x5566_7788);
        Narrow([Op(FrameOp.Breg0 + 4, 12), Op(DwarfOp.Deref)]).Should().Be(0x1122_3344);
        Narrow([Op(FrameOp.Breg0 + 4, 13), Op(DwarfOp.Deref)]).Should().BeNull();
        Narrow([Op(DwarfOp.Lit0), Op(DwarfOp.Lit0 + 1), Op(DwarfOp.Minus)]).Should().Be(0xffff_ffff);
        Narrow([Op(DwarfOp.Const4U, 0xffff_fff0), Op(DwarfOp.PlusUconst, 0x20)]).Should().Be(0x10);
        Narrow([Op(DwarfOp.Const4U, 0xffff_fff0), Op(DwarfOp.Const1U, 2), Op(FrameOp.Shra)]).Should().Be(0xffff_fffc);
        Narrow([Op(DwarfOp.Const4U, 0xffff_ffff), Op(DwarfOp.Lit0), Op(FrameOp.Lt)]).Should().Be(1);
        Narrow([Op(DwarfOp.Lit0 + 1), Op(DwarfOp.Const1U, 40), Op(FrameOp.Shl)]).Should().Be(0);
        Narrow([Op(FrameOp.Breg0 + 9)]).Should().BeNull("i386 has 9 columns");
    }

    private static ulong? Narrow(DwarfOperation[] operations) => Compute(operations, cs: 0x23);

    private static DwarfOperation Op(int atom, ulong number = 0) => new((byte)atom, number, 0);

    private static ulong? Compute(DwarfOperation[] operations, ulong rip = 0, ulong cs = 0x33)
    {
        var bytes = new byte[16];
        BitConverter.GetBytes(0x1122_3344_5566_7788).CopyTo(bytes, 8);
        var registers = new UserRegisters { Rsp = Stack, Rip = rip, Cs = cs };
        var hit = new RawHit
        {
            Time = 0, Process = new ProcessId(1), Thread = new ThreadId(1), ThreadName = "x", Cpu = 0, Slot = 0,
            Address = default, Origin = HitOrigin.User, Registers = registers, Stack = bytes,
        };
        using var modules = new ModuleMap(new ProcTarget(0), SymbolOptions.Default, new Warnings());
        return FrameExpression.TryCompute(
            Architecture.Of(registers), operations, RegisterSet.From(registers), 0x5000, new CopiedMemory(hit, modules), out var value, out _)
            ? value
            : null;
    }
}
