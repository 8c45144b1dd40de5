// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Acting;

/// <summary>Programs whose writes of g_acted something is done about.</summary>
public abstract class ActingTest : LiveTest
{
    private protected const string Field = "g_acted";

    public static TheoryData<string, string, Linking, string, string> Builds => new()
    {
        { "gcc", "-O2 -fomit-frame-pointer", Linking.Pie, "bpf", "task" },
        { "gcc", "-O0", Linking.NoPie, "bpf", "cpu" },
        { "clang", "-O2 -fomit-frame-pointer", Linking.NoPie, "ptrace", "task" },
        { "clang", "-O0", Linking.Pie, "bpf", "task" },
    };

    private protected static async Task<string> BuildAsync(string compiler, string optimization, Linking linking) =>
        await Toolchain.BuildAsync(new Recipe("acted.c") { Compiler = compiler, Optimization = optimization, Linking = linking });

    private protected static string[] Backend(string backend, string scope) =>
        ["--backend", backend, "--scope", scope, .. scope == "cpu" ? (string[])["--guard", "off"] : []];

    /// <summary>A stopped thread's program counter, by /proc/PID/task/TID/syscall: "-1 SP PC" where it is in no system call.</summary>
    private protected static long ProgramCounter(int pid, long thread)
    {
        var words = File.ReadAllText($"/proc/{pid}/task/{thread}/syscall").Trim().Split(' ');
        words[0].Should().Be("-1", "it stands in its own code");
        return long.Parse(words[^1].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private protected static async Task StoppedAsync(int pid) => await Patience.UntilAsync(
        () => ProcFile.Status(pid, "State")?.StartsWith("T (stopped)", StringComparison.Ordinal) == true, Limit, () => $"process {pid} is not stopped: {ProcFile.Status(pid, "State")}");
}
