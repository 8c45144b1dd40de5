// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>Backend perf does not tell orig_rax: the number of a system call is read from the code before it.</summary>
public sealed class CallNumberTests
{
    /// <summary>Where the number is known for certain, and where something may have changed it.</summary>
    [Theory]
    [InlineData("mov $1, %eax; syscall; ret", 1)]
    [InlineData("xor %eax, %eax; mov %rdi, %rsi; syscall; ret", 0)]
    [InlineData("mov $45, %rax; mov %rcx, %r10; syscall; ret", 45)]
    [InlineData("cmpb $0, (%rdi); je 1f; mov $3, %eax; syscall; ret; 1: mov $0, %eax; ret", 3)]
    [InlineData("mov $7, %edi; mov $1, %eax; mov %edi, %eax; syscall; ret", null)]
    [InlineData("mov %rdi, %rax; syscall; ret", null)]
    [InlineData("mov $1, %eax; call *%rdi; syscall; ret", null)]
    [InlineData("mov $1, %eax; add $2, %al; syscall; ret", null)]
    [InlineData("mov $1, %al; syscall; ret", null)]
    [InlineData("jmp 1f; mov $1, %eax; 1: syscall; ret", null)]
    [InlineData("mov $0, %eax; test %edi, %edi; jne 1f; mov $1, %eax; nop; 1: syscall; ret", null)]
    [InlineData("mov $39, %eax; syscall; syscall; ret", 39)]
    public void It_is_the_constant_that_nothing_can_have_changed(string code, int? number)
    {
        using Sample sample = Build(code);
        int call = sample.Listing.Function("caller").ToList().FindIndex(line => line.Text.Contains("syscall", StringComparison.Ordinal));
        sample.Finder().CallNumber(sample.After("caller", call)).Should().Be(number);
    }

    [Fact]
    public void A_second_call_finds_the_first_ones_result_in_its_register()
    {
        using Sample sample = Build("mov $39, %eax; syscall; syscall; ret");
        sample.Finder().CallNumber(sample.After("caller", 2)).Should().BeNull();
    }

    [Fact]
    public void It_tells_which_instruction_the_hit_is_of()
    {
        using Sample sample = Build("mov $0, %eax; syscall; ret");
        HardwareSlot slot = Hits.Write(0x1000, 8);
        RawHit hit = Hits.Of(sample.After("caller", 1) with { OrigRax = UserRegisters.UnknownCall }, slot, origin: HitOrigin.Kernel);
        sample.Finder().Find(hit, [slot])!.Text.Should().Be("syscall");
    }

    private static Sample Build(string code) => new($".text\n.globl caller\n.type caller, @function\ncaller: {code}\n.size caller, . - caller\n");
}
