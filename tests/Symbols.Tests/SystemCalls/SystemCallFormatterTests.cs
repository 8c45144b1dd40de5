// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.SystemCalls;
using Xunit;

namespace Livewatcher.Symbols.Tests.SystemCalls;

/// <summary>Text written by hand, in the way of strace(1).</summary>
public sealed class SystemCallFormatterTests
{
    private const ulong Page = TestProcess.Page;

    [Fact]
    public void Calls_with_descriptors()
    {
        TestProcess process = new TestProcess().With(5, "/var/lib/x.db").With(7, "socket:[1234]").With(0, "/dev/pts/1");
        Format(process, 0, 5, 0x55d0c0, 4096).Should().Be("read(5 </var/lib/x.db>, 0x55d0c0, 4096)");
        Format(process, 45, 7, 0x7ffe10, 512).Should().Be("recvfrom(7 <socket:[1234]>, 0x7ffe10, 512, 0, NULL, NULL)");
        Format(process, 16, 0, 0x5413, 0x7ffc00).Should().Be("ioctl(0 </dev/pts/1>, 0x5413, 0x7ffc00)");
        Format(process, 8, 9, ulong.MaxValue - 9, 2).Should().Be("lseek(9, -10, 2)");
        Format(process, 9, 0, 8192, 3, 0x22, uint.MaxValue).Should().Be("mmap(NULL, 8192, 0x3, 0x22, -1, 0)");
    }

    [Fact]
    public void Calls_without_descriptors()
    {
        var process = new TestProcess();
        Format(process, 228, 1, 0x7ffe20).Should().Be("clock_gettime(1, 0x7ffe20)");
        Format(process, 39, 1, 2, 3, 4, 5, 6).Should().Be("getpid()");
        Format(process, 62, ulong.MaxValue, 9).Should().Be("kill(-1, 9)");
        Format(process, 202, 0x5000, 0x80, 3, 0, 0, ulong.MaxValue).Should().Be("futex(0x5000, 0x80, 3, NULL, NULL, 18446744073709551615)");
        Format(process, 500, 1, 2, 3, 0, 5, 6).Should().Be("syscall_500(0x1, 0x2, 0x3, 0, 0x5, 0x6)");
        Format(process, ulong.MaxValue, 1).Should().BeNull();
    }

    [Fact]
    public void Paths_are_read_and_escaped()
    {
        TestProcess process = new TestProcess()
            .With(Page, """/etc/pass"wd\""")
            .With(Page + 100, "a\nb\u001b[31m\u00017\u0085é")
            .With(Page + 200, new string('x', 64))
            .With(Page + 300, new string('y', 65))
            .With(Page + 400, [0xff, (byte)'a', 0xc3])
            .With(Page + 4093, "ab")
            .With(3, "/tmp/\u001b]0;title\u0007");
        const ulong Current = unchecked((uint)-100);
        Format(process, 257, Current, Page).Should().Be("""openat(AT_FDCWD, "/etc/pass\"wd\\", 0)""");
        Format(process, 257, 3, Page + 100, 0x241, 0b110_100_100).Should().Be(
            """openat(3 </tmp/\33]0;title\7>, "a\nb\33[31m\0017\302\205é", 0x241, 0644)""");
        Format(process, 80, Page + 200).Should().Be($"chdir(\"{new string('x', 64)}\")");
        Format(process, 80, Page + 300).Should().Be($"chdir(\"{new string('y', 64)}\"...)");
        Format(process, 80, Page + 400).Should().Be("""chdir("\377a\303")""");
        Format(process, 80, Page + 4093).Should().Be("""chdir("ab")""");
        Format(process, 80, 0).Should().Be("chdir(NULL)");
        Format(process, 80, 0x1234).Should().Be("chdir(0x1234)");
        Format(process, 90, Page + 4093, 0).Should().Be("""chmod("ab", 0)""");
    }

    [Fact]
    public void Mode_is_shown_where_a_file_is_created_only()
    {
        TestProcess process = new TestProcess().With(Page, "f");
        Format(process, 2, Page, 0, 0x7fff).Should().Be("""open("f", 0)""");
        Format(process, 2, Page, 0x42, 0b111_000_000).Should().Be("""open("f", 0x42, 0700)""");
        Format(process, 83, Page, 0b111_101_101).Should().Be("""mkdir("f", 0755)""");
    }

    [Fact]
    public void Thirty_two_bit_calls_have_their_own_numbers_and_registers()
    {
        UserRegisters registers = new() { OrigRax = 3, Cs = 0x23, Rbx = 5, Rcx = 0x1000, Rdx = 8, Rsi = 1, Rdi = 2, Rbp = 3 };
        Format(3).Should().Be("read(5, 0x1000, 8)");
        Format(180).Should().Be("pread64(5, 0x1000, 8, 8589934593)", "an offset is in two registers");
        Format(192).Should().Be("mmap2(0x5, 4096, 0x8, 0x1, 2, 3)");
        Format(102).Should().Be("socketcall(SYS_LISTEN, 0x1000)");
        Format(222).Should().Be("syscall_222(0x5, 0x1000, 0x8, 0x1, 0x2, 0x3)");

        string? Format(ulong number) => new SystemCallFormatter(new TestProcess()).Format(
            registers with { OrigRax = number, Rbx = number == 102 ? 4UL : 5 });
    }

    [Fact]
    public void Socket_calls_have_names_as_far_as_they_are_known()
    {
        NarrowSystemCalls.SocketCall(1).Should().Be("SYS_SOCKET");
        NarrowSystemCalls.SocketCall(12).Should().Be("SYS_RECVFROM");
        NarrowSystemCalls.SocketCall(20).Should().Be("SYS_SENDMMSG");
        NarrowSystemCalls.SocketCall(0).Should().Be("0");
        NarrowSystemCalls.SocketCall(21).Should().Be("21");
    }

    private static string? Format(
        TestProcess process, ulong number, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0, ulong e = 0, ulong f = 0) =>
        new SystemCallFormatter(process).Format(
            new UserRegisters { OrigRax = number, Cs = 0x33, Rdi = a, Rsi = b, Rdx = c, R10 = d, R8 = e, R9 = f });
}
