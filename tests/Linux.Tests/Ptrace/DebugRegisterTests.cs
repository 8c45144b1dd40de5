// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Tests.Support;
using Xunit;

namespace Livewatcher.Linux.Tests.Ptrace;

/// <summary>native/guard/traps/debug_registers.h against the figures of the processor's manual (Intel SDM vol. 3, 18.2.4).</summary>
public sealed class DebugRegisterTests
{
    [Theory]
    [InlineData(0, 1, 2u, 0x0001_0001UL)]
    [InlineData(0, 2, 2u, 0x0005_0001UL)]
    [InlineData(0, 4, 2u, 0x000d_0001UL)]
    [InlineData(0, 8, 2u, 0x0009_0001UL)]
    [InlineData(1, 4, 3u, 0x00f0_0004UL)]
    [InlineData(2, 8, 4u, 0x0000_0010UL)]
    [InlineData(3, 8, 2u, 0x9000_0040UL)]
    [InlineData(3, 1, 3u, 0x3000_0040UL)]
    public void Each_registers_share_of_the_control_register_is_the_manuals(int register, int length, uint type, ulong expected)
    {
        string output = Tools.RunSource(
            $$"""
            #include <stdio.h>
            #include "debug_registers.h"
            int main(void)
            {
                struct lw_slot_spec spec = {0x1000, {{length}}, {{type}}};
                printf("%llu\n", (unsigned long long)lw_dr7_part({{register}}, &spec));
                return 0;
            }
            """,
            $"-I{Repository.File("bpf")}",
            $"-I{Repository.File("native", "guard")}",
            $"-I{Repository.File("native", "guard", "traps")}");
        ulong.Parse(output).Should().Be(expected);
    }
}
