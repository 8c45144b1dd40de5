// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests;

public sealed class ExitCodesTests
{
    /// <summary>Statuses as wait(2) gives them: the exit code in the second byte, a signal in the low seven bits, 0x80 for a core.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3 << 8, 3)]
    [InlineData(255 << 8, 255)]
    [InlineData(9, 137)]
    [InlineData(11 | 0x80, 139)]
    public void ATargetsEndIsReportedAsAShellDoes(int status, int code) => ExitCodes.FromWaitStatus(status).Should().Be(code);

    /// <summary>Written down in --help and relied upon by scripts.</summary>
    [Fact]
    public void TheNumbersAreFixed() =>
        (ExitCodes.Success, ExitCodes.Degraded, ExitCodes.Usage, ExitCodes.Interrupted).Should().Be((0, 1, 2, 130));
}
