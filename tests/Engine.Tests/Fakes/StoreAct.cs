// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>A store of a program, with all that a register could tell of it.</summary>
internal sealed record StoreAct
{
    public int Process { get; init; } = FakeMachine.Root;

    public int Thread { get; init; } = FakeMachine.Root;

    public string ThreadName { get; init; } = "main";

    public ulong Address { get; init; }

    public int Length { get; init; } = 4;

    public ulong Value { get; init; }

    /// <summary>Bytes 8 to 15 of a wide store.</summary>
    public ulong HighValue { get; init; }

    public ulong Rip { get; init; } = 0x401003;

    public ulong Rax { get; init; }

    public ulong OrigRax { get; init; }

    public ulong Rdi { get; init; }

    public KernelContext? Kernel { get; init; }

    /// <summary>The same with registers that tell the operand.</summary>
    internal StoreAct Says() => this with { Rdi = Address, Rax = (ulong)Length };

    /// <summary>The register has lost its content: nobody sees it.</summary>
    public bool Lost { get; init; }
}
