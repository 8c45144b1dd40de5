// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Tests.Support;
using Xunit;

namespace Livewatcher.Linux.Tests.ProcFs;

public sealed class OnlineCpusTests
{
    [Theory]
    [InlineData("0\n", new[] { 0 })]
    [InlineData("0-3\n", new[] { 0, 1, 2, 3 })]
    [InlineData("0-1,4,6-7\n", new[] { 0, 1, 4, 6, 7 })]
    [InlineData("", new int[0])]
    [InlineData("x,2,-,3-", new[] { 2 })]
    public void Lists_are_read(string list, int[] cpus) => OnlineCpus.Parse(list).Should().Equal(cpus);

    [Fact]
    public void This_machine_has_as_many_as_getconf_says() =>
        OnlineCpus.Read().Should().HaveCount(int.Parse(Tools.Run("getconf", "_NPROCESSORS_ONLN")));
}
