// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Modules;

/// <summary>Modules that come and go, and files that are no longer what was mapped.</summary>
public sealed class ModuleTests
{
    private const string Library = """
        int g_in_library = 7;
        int in_library(int n) { return n + g_in_library; }
        """;

    private const string Program = """
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <sys/mman.h>
        #include <unistd.h>

        volatile int g_sink;
        long g_table[4];
        _Thread_local int t_local;

        __attribute__((noinline)) void loaded(void) { g_sink = 1; }
        __attribute__((noinline)) void closed(void) { g_sink = 2; }

        int main(int argc, char **argv)
        {
            if (argc == 1)
                return 0;
            if (argc > 3)
                execv(argv[3], argv + 3);
            int fd = open(argv[1], O_RDONLY);
            void *as_data = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
            void *library = dlopen(argv[1], RTLD_NOW);
            loaded(); /* THE CALL */
            if (library)
                dlclose(library);
            closed();
            t_local = as_data == MAP_FAILED;
            return 0;
        }
        """;

    [Fact]
    public void LibrariesComeAndGo()
    {
        using var workshop = new Workshop();
        var library = BuildLibrary(workshop);
        using var gdb = new Gdb(BuildProgram(workshop), library, "x");
        gdb.RunTo("main");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));
        symbols.RefreshModules().Should().BeFalse();

        gdb.Ask("break loaded");
        gdb.Ask("continue");
        var inLibrary = AddressOf(gdb, "&g_in_library");

        symbols.NameOf(inLibrary).Should().BeNull();
        symbols.RefreshModules().Should().BeTrue();
        symbols.NameOf(inLibrary).Should().Be("g_in_library");
        symbols.NameOf(AddressOf(gdb, "(char*)in_library + 3")).Should().Be("in_library+0x3");
        symbols.RefreshModules().Should().BeFalse();

        gdb.Ask("break closed");
        gdb.Ask("continue");

        symbols.RefreshModules().Should().BeTrue();
        symbols.NameOf(inLibrary).Should().BeNull();
        symbols.TakeWarnings().Should().BeEmpty();
    }

    [Fact]
    public void AFrameInALibraryThatCameUnnoticedIsFound()
    {
        using var workshop = new Workshop();
        var library = BuildLibrary(workshop);
        using var gdb = new Gdb(BuildProgram(workshop), library, "x");
        gdb.RunTo("main");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));
        gdb.Ask("break loaded");
        gdb.Ask("continue");
        gdb.Ask("call in_library(1)");
        gdb.Ask("break in_library");
        gdb.Ask("print in_library(1)");

        var stack = symbols.Unwind(gdb.Capture());

        stack.Frames[0].Function.Should().Be("in_library");
        stack.Frames[0].Module.Should().Be("libcome.so");
        symbols.RefreshModules().Should().BeTrue("whoever asks next must learn of it too");
    }

    [Fact]
    public void AfterExecEverythingIsNew()
    {
        using var workshop = new Workshop();
        var program = BuildProgram(workshop);
        var other = workshop.Build("gcc", "other", ["-g"], workshop.Write("other.c", "int g_other; int main(void) { return g_other; }\n"));
        using var gdb = new Gdb(program, "x", "x", other);
        gdb.RunTo("main");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));
        var table = AddressOf(gdb, "&g_table");
        symbols.NameOf(table + 8).Should().Be("g_table+0x8");

        gdb.Ask("continue");

        symbols.RefreshModules().Should().BeTrue();
        symbols.NameOf(AddressOf(gdb, "&g_other")).Should().Be("g_other");
        symbols.Unwind(gdb.Capture()).Frames[0].Module.Should().Be("other");
    }

    [Fact]
    public void ADeletedProgramIsReadAllTheSame()
    {
        using var workshop = new Workshop();
        var program = BuildProgram(workshop);
        using var gdb = new Gdb(program, "x", "x");
        gdb.RunTo("loaded");
        File.Delete(program);
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        var stack = symbols.Unwind(gdb.Capture());

        stack.Frames[0].Function.Should().Be("loaded");
        stack.Frames[0].Module.Should().Be("prog");
        stack.Frames[1].Function.Should().Be("main");
        stack.Frames[1].Line.Should().Be(Workshop.LineOf(Path.Combine(workshop.Folder, "prog.c"), "THE CALL"));
    }

    /// <summary>As when the program is built anew while it is watched, by somebody who may not open map_files.</summary>
    [Fact]
    public void AProgramThatIsDeletedLaterKeepsItsNames()
    {
        using var workshop = new Workshop();
        var program = BuildProgram(workshop);
        using var gdb = new Gdb(program, BuildLibrary(workshop), "x");
        gdb.RunTo("main");
        var real = new ProcTarget(gdb.ProcessId);
        using var symbols = new TargetSymbols(new ChangedTarget(real)
        {
            Open = mapping => mapping.Path.EndsWith("(deleted)", StringComparison.Ordinal) ? null : real.OpenablePath(mapping),
        });
        gdb.Ask("break loaded");
        gdb.Ask("continue");
        File.Delete(program);

        symbols.RefreshModules().Should().BeTrue();
        var stack = symbols.Unwind(gdb.Capture());

        stack.Frames.Select(frame => frame.Function).Should().StartWith(["loaded", "main"]);
        stack.Frames[0].Line.Should().BePositive();
        symbols.TakeWarnings().Should().BeEmpty();
    }

    /// <summary>Without the file there is what is mapped: exported names and call frame information.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WithoutTheRightFileTheImageInMemoryServes(bool replaced)
    {
        using var workshop = new Workshop();
        var program = BuildProgram(workshop, "-rdynamic");
        using var gdb = new Gdb(program, "x", "x");
        gdb.RunTo("loaded");
        var real = new ProcTarget(gdb.ProcessId);
        var another = workshop.Build("gcc", "another", ["-g", "-O2"], workshop.Write("another.c", "int main(void) { return 0; }\n"));
        using var symbols = new TargetSymbols(new ChangedTarget(real)
        {
            Open = mapping => mapping.Path == program ? (replaced ? another : null) : real.OpenablePath(mapping),
        });

        var stack = symbols.Unwind(gdb.Capture());

        stack.CutShort.Should().BeNull();
        stack.Frames.Select(frame => frame.Function).Should().StartWith(["loaded", "main"]);
        stack.Frames[0].Line.Should().Be(0);
        symbols.NameOf(AddressOf(gdb, "&g_table[1]")).Should().Be("g_table+0x8");
        symbols.TakeWarnings().Should().Contain(
            $"{program} {(replaced ? "was replaced since it was mapped" : "cannot be opened any more")}: its exported symbols "
            + "are read from memory, no source lines");
    }

    [Fact]
    public void NamesOutliveTheProcess()
    {
        using var workshop = new Workshop();
        using var gdb = new Gdb(BuildProgram(workshop), "x", "x");
        gdb.RunTo("loaded");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));
        var hit = gdb.Capture();
        gdb.Ask("kill");

        symbols.RefreshModules().Should().BeFalse();
        var stack = symbols.Unwind(hit);

        stack.CutShort.Should().BeNull();
        stack.Frames.Select(frame => frame.Function).Should().StartWith(["loaded", "main"]);
    }

    private static Address AddressOf(Gdb gdb, string expression) => new(ulong.Parse(
        gdb.Ask($"printf \"%lx\\n\", (long)({expression})").Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static string BuildLibrary(Workshop workshop) =>
        workshop.Build("gcc", "libcome.so", ["-g", "-shared", "-fPIC"], workshop.Write("come.c", Library));

    private static string BuildProgram(Workshop workshop, params string[] flags) =>
        workshop.Build("gcc", "prog", ["-g", "-O1", .. flags], workshop.Write("prog.c", Program));
}
