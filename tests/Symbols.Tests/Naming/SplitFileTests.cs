// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Naming;

/// <summary>Names of files in debug information are the target's choice, and libdw opens .dwo files by itself.</summary>
public sealed class SplitFileTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("clang", "-gdwarf-5", "half.o")]
    [InlineData("clang", "-gdwarf-4", "half.o")]
    [InlineData("clang", "-gdwarf-5", "sub/half.o")]
    public async Task AFifoIsNotWaitedFor(string compiler, string format, string half)
    {
        using var workshop = new Workshop();
        Directory.CreateDirectory(Path.Combine(workshop.Folder, "sub"));
        var source = workshop.Write("counter.c", "#include <unistd.h>\nstruct { int a, b; } counter;\nint main(void) { for (;;) pause(); }\n");
        var split = Path.Combine(workshop.Folder, half);
        Shell.Run(compiler, format, "-gsplit-dwarf=single", $"-fdebug-compilation-dir={workshop.Folder}", "-c", source, "-o", split);
        var program = workshop.Build(compiler, "counter", [], split);
        File.Delete(split);
        Shell.Run("mkfifo", split);
        using var process = Process.Start(program);
        try
        {
            var resolution = await Task.Run(() => Resolve(process.Id), TestContext.Current.CancellationToken)
                .WaitAsync(Patience, TestContext.Current.CancellationToken);

            resolution.Watch.Should().BeOfType<WatchResolution.Resolved>("the symbol is still there").Which.Watch.Length.Should().Be(8);
            resolution.Warnings.Should().ContainSingle().Which.Should().EndWith($"{half}, which is no file: no source lines");
        }
        finally
        {
            process.Kill();
        }
    }

    private static (WatchResolution Watch, IReadOnlyList<string> Warnings) Resolve(int id)
    {
        using var symbols = new TargetSymbols(new ProcTarget(id));
        var watch = symbols.Resolve(new WatchRequest("counter", AccessMode.Write));
        return (watch, symbols.TakeWarnings());
    }
}
