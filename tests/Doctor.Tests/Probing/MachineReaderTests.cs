// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.Probing;
using Xunit;

namespace Livewatcher.Doctor.Tests.Probing;

/// <summary>What /proc and /sys say, in their own words.</summary>
public sealed class MachineReaderTests
{
    [Theory]
    [InlineData("0000000000000000", "")]
    [InlineData("000000c000000000", "CAP_PERFMON CAP_BPF")]
    [InlineData("000001ffffffffff", "CAP_IPC_LOCK CAP_SYS_PTRACE CAP_SYS_ADMIN CAP_SYS_RESOURCE CAP_PERFMON CAP_BPF")]
    [InlineData(null, "")]
    public void Capabilities(string? mask, string names) => string.Join(' ', MachineReader.ParseCapabilities(mask)).Should().Be(names);

    [Theory]
    [InlineData("none [integrity] confidentiality\n", "integrity")]
    [InlineData("[none] integrity confidentiality\n", "none")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Lockdown(string? text, string? level) => MachineReader.ParseLockdown(text).Should().Be(level);

    [Theory]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units     \nMax locked memory         8388608              8388608              bytes     \n", 8388608L)]
    [InlineData("Max locked memory         unlimited            unlimited            bytes     \n", null)]
    [InlineData("", null)]
    public void LockedMemory(string text, long? bytes) => MachineReader.ParseLimit(text).Should().Be(bytes);
}
