// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;

namespace Livewatcher.Render.Tests;

/// <summary>Compares output with a file that a person has read and accepted. LW_ACCEPT=1 writes the file anew.</summary>
internal static class Snapshot
{
    public static void Verify(string actual, string name)
    {
        var path = Repository.File("tests", "Render.Tests", "Snapshots", name);
        if (Environment.GetEnvironmentVariable("LW_ACCEPT") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        File.Exists(path).Should().BeTrue($"{name} is missing: run with LW_ACCEPT=1, then read it");
        actual.Should().Be(File.ReadAllText(path), $"{name} is frozen: where a change is meant, accept it with LW_ACCEPT=1");
    }
}
