// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
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
            if (library) {
                g_sink = ((int (*)(int))dlsym(library, "in_library"))(1);
                dlclose(library);
            }
            closed();
            t_local = as_data == MAP_FAILED;
            return 0;
        }
        """;

    private const string Many = """
        #include <dlfcn.h>

        volatile int g_sink;

        __attribute__((noinline)) void all_open(void) { g_sink = 1; }
        __attribute__((noinline)) void all_closed(void) { g_sink = 2; }
        __attribute__((noinline)) void one_again(void) { g_sink = 3; }

        int main(int argc, char **argv)
        {
            void *libraries[argc];
            for (int i = 1; i < argc; i++)
                libraries[i] = dlopen(argv[i], RTLD_NOW);
            all_open();
            for (int i = 1; i < argc; i++)
                dlclose(libraries[i]);
            all_closed();
            dlopen(argv[1], RTLD_NOW);
            one_again();
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
        symbols.NameOf(AddressOf(gdb, "(char*)in_library + 3")).Should().Be("in_library+3");
        symbols.RefreshModules().Should().BeFalse();

        gdb.Ask("break closed");
        gdb.Ask("continue");

        symbols.RefreshModules().Should().BeTrue();
        symbols.NameOf(inLibrary).Should().Be("g_in_library", "hits of it may still be on their way");
        symbols.TakeWarnings().Should().BeEmpty();
    }

    /// <summary>A hit is named a moment after it was made.</summary>
    [Fact]
    public void AHitInALibraryThatIsGoneMeanwhileIsNamed()
    {
        using var workshop = new Workshop();
        var library = BuildLibrary(workshop);
        using var gdb = new Gdb(BuildProgram(workshop), library, "x");
        gdb.RunTo("in_library");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));
        var hit = gdb.Capture();
        gdb.Ask("break closed");
        gdb.Ask("continue");

        symbols.RefreshModules().Should().BeTrue();
        var stack = symbols.Unwind(hit);

        stack.CutShort.Should().BeNull();
        stack.Frames.Select(frame => frame.Function).Should().StartWith(["in_library", "main"]);
        stack.Frames[0].Module.Should().Be("libcome.so");
        stack.Frames[0].Line.Should().Be(2);
        symbols.TakeWarnings().Should().BeEmpty();
    }

    [Fact]
    public void SomeUnloadedModulesAreKeptAndTheLoadedOneComesFirst()
    {
        using var workshop = new Workshop();
        var library = BuildLibrary(workshop);
        string[] copies = [.. Enumerable.Range(0, 20).Select(i => Path.Combine(workshop.Folder, $"libcopy{i}.so"))];
        foreach (var copy in copies)
        {
            File.Copy(library, copy);
        }

        using var gdb = new Gdb(workshop.Build("gcc", "many", ["-g", "-O1"], workshop.Write("many.c", Many)), copies);
        gdb.RunTo("all_open");
        using var modules = new ModuleMap(new ProcTarget(gdb.ProcessId), SymbolOptions.Default, new Warnings());
        modules.Refresh();
        ElfModule[] open = [.. modules.Modules.Where(module => module.Name.StartsWith("libcopy", StringComparison.Ordinal))];
        open.Should().HaveCount(20).And.OnlyContain(module => modules.ModuleAt(module.Start) == module);

        gdb.Ask("break all_closed");
        gdb.Ask("continue");
        modules.Refresh().Should().BeTrue();

        modules.Modules.Should().NotContain(open);
        ElfModule[] kept = [.. open.Where(module => modules.ModuleAt(module.Start) == module)];
        kept.Should().HaveCount(16);
        open.Except(kept).Should().OnlyContain(module => modules.ModuleAt(module.Start) == null);
        kept.Should().OnlyContain(module => module.Symbols.Any(symbol => symbol.Name == "g_in_library"));

        gdb.Ask("break one_again");
        gdb.Ask("continue");
        modules.Refresh().Should().BeTrue();

        var again = modules.Modules.Single(module => module.Path == copies[0]);
        open.Should().NotContain(again).And.Contain(module => module.Start == again.Start, "its place is taken anew");
        modules.ModuleAt(again.Start).Should().BeSameAs(again);
    }

    /// <summary>It is asked for each frame of each stack.</summary>
    [Fact]
    public void AskingForAModuleCostsNoMemory()
    {
        using var modules = new ModuleMap(new ProcTarget(Environment.ProcessId), SymbolOptions.Default, new Warnings());
        modules.Refresh();
        var (first, last) = (modules.Modules[0], modules.Modules[^1]);
        bool Ask() => modules.ModuleAt(first.Start) == first && modules.ModuleAt(last.Start) == last
            && modules.ModuleAt(new Address(8)) is null && modules.IsCode(first.Start) == modules.IsCode(first.Start);
        Ask().Should().BeTrue();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Ask();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
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

    /// <summary>Hits of the program that has gone want its names; the new program is another watching.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AfterExecTheOldProgramsNamesStay(bool itself)
    {
        using var workshop = new Workshop();
        var program = BuildProgram(workshop);
        var other = workshop.Build("gcc", "other", ["-g"], workshop.Write("other.c", "int g_other; int main(void) { return g_other; }\n"));
        using var gdb = new Gdb(program, "x", "x", itself ? program : other);
        gdb.RunTo("main");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));
        var table = AddressOf(gdb, "&g_table");
        var hit = gdb.Capture();
        symbols.NameOf(table + 8).Should().Be("g_table+8");

        gdb.Ask("continue");
        var now = AddressOf(gdb, itself ? "&g_table" : "&g_other");
        now.Should().NotBe(table);

        symbols.RefreshModules().Should().BeFalse();
        symbols.NameOf(table + 8).Should().Be("g_table+8");
        symbols.NameOf(now).Should().BeNull();
        var stack = symbols.Unwind(hit);
        stack.CutShort.Should().BeNull();
        stack.Frames[0].Function.Should().Be("main");
        stack.Frames[0].Module.Should().Be("prog");
        stack.Frames.Should().Contain(frame => frame.Module == "libc.so.6" && frame.Function != null);

        using var anew = new TargetSymbols(new ProcTarget(gdb.ProcessId));
        anew.NameOf(now).Should().Be(itself ? "g_table" : "g_other");
        anew.Unwind(gdb.Capture()).Frames[0].Module.Should().Be(itself ? "prog" : "other");
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
        symbols.NameOf(AddressOf(gdb, "&g_table[1]")).Should().Be("g_table+8");
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
