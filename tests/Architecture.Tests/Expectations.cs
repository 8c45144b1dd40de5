// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;

namespace Livewatcher.Architecture.Tests;

internal static class Expectations
{
    /// <summary>A rule that is broken names everybody who breaks it.</summary>
    internal static void ShouldBeNone(this IEnumerable<string> found) => string.Join('\n', found).Should().BeEmpty();
}
