// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Targets;
using Livewatcher.Symbols.Tests.Unwinding;
using Xunit;

namespace Livewatcher.Symbols.Tests.Naming;

/// <summary>Stripped programs, and debug information that is kept in another file.</summary>
public sealed class DebugFileTests
{
    public enum Place
    {
        Beside,
        DebugFolder,
        BuildIdRoot,
        PathRoot,
        BesideWithoutBuildId,
    }

    [Theory]
    [InlineData("gcc")]
    [InlineData("clang")]
    public void AStrippedProgramHasWholeStacksAndSaysThatLinesAreMissing(string compiler)
    {
        using var workshop = new Workshop();
        var deep = BuildDeep(workshop, compiler);
        Shell.Run("strip", "-s", deep.Program);
        using var gdb = StartAt(deep);
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture());

        stack.CutShort.Should().BeNull();
        stack.Frames.Select(frame => frame.Address.Value).Distinct()
            .Should().Equal(gdb.Frames().Select(frame => frame.Pc).Distinct());
        stack.Frames.Should().Contain(frame => frame.Module == "libc.so.6" && frame.Function != null);
        stack.Frames.Where(frame => frame.Module == "deep").Should().OnlyContain(frame => frame.File == null && frame.Line == 0);
        symbols.TakeWarnings().Should().Equal("deep has no debug information, here or in a separate file: no source lines");
    }

    [Fact]
    public void ExportedNamesOfAStrippedProgramAreUsed()
    {
        using var workshop = new Workshop();
        var deep = BuildDeep(workshop, "gcc", "-rdynamic");
        Shell.Run("strip", "-s", deep.Program);
        using var gdb = StartAt(deep);
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var functions = symbols.Unwind(gdb.Capture()).Frames.Select(frame => frame.Function).ToList();

        functions.Should().Contain("recurse").And.Contain("main");
        functions.Should().NotContain("leaf");
    }

    [Theory]
    [InlineData(Place.Beside)]
    [InlineData(Place.DebugFolder)]
    [InlineData(Place.BuildIdRoot)]
    [InlineData(Place.PathRoot)]
    [InlineData(Place.BesideWithoutBuildId)]
    public void ASeparateDebugFileIsFound(Place place)
    {
        using var workshop = new Workshop();
        var deep = BuildDeep(
            workshop, "gcc", place == Place.BesideWithoutBuildId ? "-Wl,--build-id=none" : "-Wl,--build-id=sha1");
        var root = Path.Combine(workshop.Folder, "root");
        var debug = PlaceFor(place, deep.Program, root, workshop.Folder);
        Directory.CreateDirectory(Path.GetDirectoryName(debug)!);
        Separate(deep.Program, debug);
        using var gdb = StartAt(deep);
        using var symbols = new TargetSymbols(
            new ProcTarget(gdb.ProcessId), SymbolOptions.Default with { DebugFileRoot = root });

        var stack = symbols.Unwind(gdb.Capture());

        stack.Frames[0].Function.Should().Be("store");
        stack.Frames[0].File.Should().Be(deep.Source);
        stack.Frames[0].Line.Should().Be(Workshop.LineOf(deep.Source, "g_value = v;"));
        symbols.TakeWarnings().Should().BeEmpty();
    }

    [Theory]
    [InlineData("-Wl,--build-id=sha1")]
    [InlineData("-Wl,--build-id=none")]
    public void ADebugFileOfAnotherBuildIsRefused(string buildId)
    {
        using var workshop = new Workshop();
        var deep = BuildDeep(workshop, "gcc", buildId);
        var debug = deep.Program + ".debug";
        Separate(deep.Program, debug);
        Shell.Run("gcc", "-g", "-O1", buildId, "-o", debug, deep.Source);
        using var gdb = StartAt(deep);
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture());

        stack.CutShort.Should().BeNull();
        stack.Frames[0].Line.Should().Be(0);
        symbols.TakeWarnings().Should().Contain(warning => warning.Contains("does not belong to", StringComparison.Ordinal));
    }

    /// <summary>dwz(1) moves what two files share into a third.</summary>
    [Fact]
    public void ASupplementaryFileIsFound()
    {
        using var workshop = new Workshop();
        var deep = BuildDeep(workshop, "gcc", "-gdwarf-4");
        var twin = Path.Combine(workshop.Folder, "twin");
        File.Copy(deep.Program, twin);
        Assert.SkipUnless(File.Exists("/usr/bin/dwz"), "dwz is not installed");
        Shell.Run("dwz", "-m", Path.Combine(workshop.Folder, "common.debug"), "-r", deep.Program, twin);
        using var gdb = StartAt(deep);
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture());

        stack.Frames.Select(frame => frame.Function).Should().StartWith(["store", "store_twice", "leaf", "array"]);
        stack.Frames[0].Line.Should().Be(Workshop.LineOf(deep.Source, "g_value = v;"));
        symbols.TakeWarnings().Should().BeEmpty();
    }

    /// <summary>A fifo in the place of a debug file must not make the reader wait for a writer.</summary>
    [Fact]
    public void AFifoInstead()
    {
        using var workshop = new Workshop();
        var deep = BuildDeep(workshop, "gcc");
        var debug = deep.Program + ".debug";
        Separate(deep.Program, debug);
        File.Delete(debug);
        using var gdb = StartAt(deep);
        Shell.Run("mkfifo", debug);
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        symbols.Unwind(gdb.Capture()).CutShort.Should().BeNull();
    }

    private static Deep BuildDeep(Workshop workshop, string compiler, params string[] flags)
    {
        var source = workshop.Write("deep.c", Samples.Deep);
        var program = workshop.Build(compiler, "deep", ["-g", "-O2", .. flags], source);
        return new Deep(program, source, AddressOf(program, $"deep.c:{Workshop.LineOf(source, "AFTER THE WRITE")}"));
    }

    private static string PlaceFor(Place place, string program, string root, string folder) => place switch
    {
        Place.DebugFolder => Path.Combine(folder, ".debug", "deep.debug"),
        Place.PathRoot => $"{root}{folder}/deep.debug",
        Place.BuildIdRoot when BuildId(program) is var id => $"{root}/.build-id/{id[..2]}/{id[2..]}.debug",
        _ => program + ".debug",
    };

    private static string BuildId(string program) =>
        Shell.Run("readelf", "-nW", program).Split("Build ID: ")[1].Split('\n')[0].Trim();

    private static void Separate(string program, string debug)
    {
        Shell.Run("objcopy", "--only-keep-debug", program, debug);
        Shell.Run("strip", "-s", program);
        Shell.Run("objcopy", $"--add-gnu-debuglink={debug}", program);
    }

    /// <summary>Runs to the instruction behind the write.</summary>
    private static Gdb StartAt(Deep deep)
    {
        var gdb = new Gdb(deep.Program);
        gdb.Ask("starti");
        var image = new ProcTarget(gdb.ProcessId).ReadMappings().First(mapping => mapping.Path == deep.Program);
        gdb.Ask($"break *0x{image.Start.Value + deep.AfterWrite:x}");
        gdb.Ask("continue");
        return gdb;
    }

    /// <summary>First address of a line in the file, by objdump(1).</summary>
    private static ulong AddressOf(string program, string place)
    {
        var listing = Shell.Run("objdump", "-dl", "--no-show-raw-insn", program).Split('\n');
        var line = Array.FindIndex(listing, text => text.EndsWith(place, StringComparison.Ordinal));
        return Convert.ToUInt64(listing[line + 1].Split(':')[0].Trim(), 16);
    }

    /// <summary>The sample, and the address behind its write, taken before the program loses its lines.</summary>
    private sealed record Deep(string Program, string Source, ulong AfterWrite);
}
