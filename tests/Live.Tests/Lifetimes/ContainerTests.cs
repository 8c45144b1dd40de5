// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Lifetimes;

/// <summary>What containers are made of: another root, other process numbers, and a freezer.</summary>
public sealed class ContainerTests : LiveTest
{
    [Theory]
    [InlineData("cpu", "off")]
    [InlineData("task", "on")]
    [InlineData("task", "off")]
    public async Task AProgramWithItsOwnRootAndNumbersIsWatchedFromOutside(string scope, string guard)
    {
        var root = Directory.CreateDirectory(Path.Combine(Folder, "root")).FullName;
        File.Copy(await Toolchain.BuildAsync(new Recipe("steady.c") { Name = "apart", Linking = Linking.NoPie, Extra = "-static" }), Path.Combine(root, "apart"));
        var container = Start("unshare", ["--mount", "--pid", "--fork", "--kill-child", "chroot", root, "/apart", "20000", "600"]);
        await Patience.UntilAsync(() => container.Output.Contains("ready\n", StringComparison.Ordinal), Limit, () => container.Describe("not ready"));
        var pid = int.Parse((await File.ReadAllTextAsync($"/proc/{container.Id}/task/{container.Id}/children", TestContext.Current.CancellationToken)).Trim());
        ProcFile.Status(pid, "NSpid").Should().EndWith("\t1");
        var report = await StartAttach($"{pid}", "--watch", "g_steady", "--scope", scope, "--guard", guard, "--max-hits", "5").EndAsync(Limit);
        report.Hits.Should().HaveCount(5).And.OnlyContain(hit => hit.Stack[0].Function == "write_steady" && hit.Stack[0].FileName == "steady.c" && hit.Pid == pid);
        ProcFile.Exists(pid).Should().BeTrue();
        await container.SignalAsync("KILL");
    }

    /// <summary>With a user namespace as well: inside it is root, outside it is whoever has made it.</summary>
    [Theory]
    [InlineData("cpu", "off")]
    [InlineData("task", "on")]
    public async Task SoIsOneInAUserNamespaceOfItsOwn(string scope, string guard)
    {
        var root = Directory.CreateDirectory(Path.Combine(Folder, "root")).FullName;
        File.Copy(await Toolchain.BuildAsync(new Recipe("steady.c") { Name = "apart", Linking = Linking.NoPie, Extra = "-static" }), Path.Combine(root, "apart"));
        var container = Start("unshare", ["--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "chroot", root, "/apart", "20000", "600"]);
        await Patience.UntilAsync(() => container.Output.Contains("ready\n", StringComparison.Ordinal), Limit, () => container.Describe("not ready"));
        var pid = int.Parse((await File.ReadAllTextAsync($"/proc/{container.Id}/task/{container.Id}/children", TestContext.Current.CancellationToken)).Trim());
        NamespaceOf($"{pid}").Should().NotBe(NamespaceOf("self"));
        var report = await StartAttach($"{pid}", "--watch", "g_steady", "--scope", scope, "--guard", guard, "--max-hits", "5").EndAsync(Limit);
        report.Hits.Should().HaveCount(5).And.OnlyContain(hit => hit.Stack[0].Function == "write_steady" && hit.Stack[0].FileName == "steady.c" && hit.Pid == pid);
        ProcFile.Exists(pid).Should().BeTrue();
        await container.SignalAsync("KILL");
        static string? NamespaceOf(string process) => new FileInfo($"/proc/{process}/ns/user").LinkTarget;
    }

    [Theory]
    [InlineData("bpf", "cpu", "off")]
    [InlineData("bpf", "task", "on")]
    [InlineData("bpf", "task", "off")]
    [InlineData("ptrace", "task", "on")]
    public async Task AFrozenProgramIsArmedAndSeenWhenItThaws(string backend, string scope, string guard)
    {
        Assert.SkipUnless(Emulation.IsOn, "it mounts a cgroup file system, which is done in the emulated machine only");
        var groups = Directory.CreateDirectory(Path.Combine(Folder, "groups")).FullName;
        await Child.RunAsync("mount", ["-t", "cgroup2", "none", groups], Limit);
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), $"{20_000 * Emulation.Slowness}", "600");
        var group = Directory.CreateDirectory(Path.Combine(groups, $"lw{target.Id}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(group, "cgroup.procs"), $"{target.Id}", TestContext.Current.CancellationToken);
        await FreezeAsync(group, "1");
        var attachment = await AttachAsync(target.Id, ["--watch", "g_steady", "--backend", backend, "--scope", scope, "--guard", guard, "--max-hits", "3"]);
        await FreezeAsync(group, "0");
        var report = await attachment.EndAsync(Limit);
        report.Hits.Should().HaveCount(3);
        await target.Process.SignalAsync("TERM");
        await target.EndAsync(Limit);
        Directory.Delete(group);
        await Child.RunAsync("umount", [groups], Limit);
    }

    private static Task FreezeAsync(string group, string state) => File.WriteAllTextAsync(Path.Combine(group, "cgroup.freeze"), state);
}
