// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Symbols.SystemCalls;
using Livewatcher.Symbols.Tests.Instructions;
using Xunit;

namespace Livewatcher.Symbols.Tests.SystemCalls;

/// <summary>Names against the kernel's own header, numbers of arguments against strace.</summary>
public sealed partial class SystemCallTableTests
{
    // Every call is refused before it does anything; only exit_group(77) is let through.
    private const string RefusedCalls = """
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stddef.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int main(void)
        {
            struct sock_filter code[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 3),
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 77, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 38),
            };
            struct sock_fprog program = {sizeof code / sizeof *code, code};
            if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 1;
            for (long n = 0; n < 451; n = n == 334 ? 424 : n + 1) syscall(n, 1, 2, 3, 4, 5, 6);
            syscall(SYS_exit_group, 77);
        }
        """;

    [Fact]
    public void Names_are_those_of_the_kernels_header()
    {
        var header = Header("asm/unistd_64.h");
        header.Should().HaveCountGreaterThan(360);
        for (long number = -1; number <= 462; number++)
        {
            string? expected = header.GetValueOrDefault(number);
            bool isNewerThanHeader = number > header.Keys.Max();
            if (!isNewerThanHeader)
            {
                SystemCallNames.Find(number).Should().Be(expected, "that is number {0}", number);
            }
        }

        SystemCallNames.Find(462).Should().Be("mseal");
        SystemCallNames.Find(463).Should().BeNull();
        SystemCallNames.Find(long.MaxValue).Should().BeNull();
        SystemCallNames.Find(long.MinValue).Should().BeNull();
    }

    [Fact]
    public void Narrow_names_are_those_of_the_kernels_header()
    {
        var header = Header("asm/unistd_32.h");
        header.Should().HaveCountGreaterThan(420);
        for (long number = -1; number <= header.Keys.Max(); number++)
        {
            SystemCallNames.FindNarrow(number).Should().Be(header.GetValueOrDefault(number), "that is number {0}", number);
        }

        SystemCallNames.FindNarrow(463).Should().BeNull();
        SystemCallNames.FindNarrow(long.MaxValue).Should().BeNull();
        SystemCallNames.FindNarrow(long.MinValue).Should().BeNull();
    }

    /// <summary>ebx, ecx, edx, esi, edi and ebp are all there is (syscall(2)); L takes two of them.</summary>
    [Fact]
    public void Narrow_calls_fit_into_six_registers()
    {
        for (long number = 0; number <= 462; number++)
        {
            string kinds = NarrowSystemCalls.Find(number)?.Kinds ?? "";
            (kinds.Length + kinds.Count(kind => kind == 'L')).Should().BeLessThanOrEqualTo(6, "that is number {0}", number);
        }
    }

    [Fact]
    public void Numbers_of_arguments_are_those_of_strace()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed");
        string folder = Tools.NewFolder();
        string source = Path.Combine(folder, "calls.c");
        string output = Path.Combine(folder, "calls.out");
        File.WriteAllText(source, RefusedCalls);
        Tools.Run("gcc", "-w", source, "-o", Path.Combine(folder, "calls"));
        Tools.Run("sh", "-c", $"strace -e raw=all -o {output} {folder}/calls; test $? = 77");
        Match[] calls = [.. File.ReadLines(output).Where(line => line.Contains("ENOSYS")).Select(line => Call().Match(line))];
        calls.Should().HaveCount(335 + 27);
        foreach (Match call in calls)
        {
            string name = call.Groups["name"].Value;
            long number = Enumerable.Range(0, 451).First(i => SystemCallNames.Find(i) == name);
            int count = call.Groups["arguments"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Length;
            SystemCallTable.Find(number)!.Value.Kinds.Should().HaveLength(count, name);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static Dictionary<long, string> Header(string name) =>
        Tools.Lines("gcc", "-E", "-dM", "-include", name, "-xc", "/dev/null")
            .Select(line => Definition().Match(line))
            .Where(match => match.Success)
            .ToDictionary(match => long.Parse(match.Groups["number"].Value), match => match.Groups["name"].Value);

    [GeneratedRegex(@"^#define __NR_(?<name>\w+) (?<number>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Definition();

    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>[^)]*)\)\s+= -1", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Call();
}
