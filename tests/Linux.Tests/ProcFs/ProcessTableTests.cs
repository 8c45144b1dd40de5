// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using AwesomeAssertions;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.ProcFs;

public sealed class ProcessTableTests
{
    /// <summary>Its parent has become a program that waits for nobody.</summary>
    [Fact]
    public void WhoHasEndedIsMeantByItsNameOnlyWhereNobodyOfThatNameLives()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("livewatcher dead ").FullName, "lw-mortal");
        File.Copy(Tools.Compile("writers"), path);
        using Process parent = Process.Start("sh", ["-c", "\"$0\" 1 1 </dev/null >/dev/null & exec sleep 60", path]);
        Polling.Until(() => ProcessTable.Find("lw-mortal").Count == 1, TimeSpan.FromMinutes(1)).Should().BeTrue();
        ProcessId dead = ProcessTable.Find("lw-mortal").Single();
        Process.Start("kill", ["-9", $"{dead}"]).WaitForExit();
        Polling.Until(() => !ProcessTable.IsAlive(dead), TimeSpan.FromMinutes(1)).Should().BeTrue();

        ProcessTable.Find("lw-mortal").Should().Equal(dead);
        using (Target living = Target.Start(path, 1, 1))
            ProcessTable.Find("lw-mortal").Should().Equal(living.Id);

        parent.Kill();
    }
}
