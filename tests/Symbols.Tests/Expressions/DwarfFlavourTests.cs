// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Expressions.Programs;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>The same C sample with its debug information in the other shapes that compilers and linkers give it.</summary>
public sealed class DwarfFlavourTests
{
    [Theory]
    [InlineData("gcc", "-gsplit-dwarf")]
    [InlineData("clang", "-gsplit-dwarf")]
    [InlineData("gcc", "-gz")]
    [InlineData("gcc", "-fdebug-types-section")]
    [InlineData("clang", "-fdebug-types-section")]
    [InlineData("gcc", "-flto")]
    [InlineData("gcc", "-gdwarf-2")]
    [InlineData("gcc", "-gdwarf-3")]
    [InlineData("gcc", "-gdwarf64")]
    [InlineData("gcc", "-fuse-ld=gold")]
    [InlineData("gcc", "-Wl,--gc-sections", "-ffunction-sections", "-fdata-sections")]
    public void EveryPlaceIsFound(string compiler, params string[] extra)
    {
        using var build = new CProgramBuild(Toolchain.Default with { Compiler = compiler, Level = "-O1" }, extra);

        build.Program.Places.Should().HaveCountGreaterThan(90);
        build.Program.Misplaced().Should().BeEmpty();
    }

    /// <summary>The skeleton in the program need not name the source; what the user is to write has its name.</summary>
    [Theory]
    [InlineData("gcc", 4)]
    [InlineData("gcc", 5)]
    [InlineData("clang", 4)]
    [InlineData("clang", 5)]
    public void UnitsOfSplitDebugInformationHaveNames(string compiler, int dwarf)
    {
        using var build = new CProgramBuild(Toolchain.Default with { Compiler = compiler, Dwarf = dwarf }, "-gsplit-dwarf");

        build.Program.Refusal("shared_name").Should().Contain("main.c::shared_name").And.Contain("other.c::shared_name");
        build.Program.Watch("main.c::shared_name").Address.Should().Be(build.Program["main.c::shared_name"]);
        build.Program.Break("main.c::twice").Length.Should().Be(1);
    }

    [Theory]
    [InlineData("gcc", 4)]
    [InlineData("gcc", 5)]
    [InlineData("clang", 4)]
    public void WhatDwzHasMovedIsFound(string compiler, int dwarf)
    {
        using var build = new CProgramBuild(Toolchain.Default with { Compiler = compiler, Dwarf = dwarf }, isShared: true);

        File.Exists(Path.Combine(build.Folder, "common.debug")).Should().BeTrue();
        build.Program.Misplaced().Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-gz")]
    public void DebugInformationInAFileOfItsOwnIsFound(string extra)
    {
        using var workshop = new Workshop();
        workshop.Write("facts.h", CProgram.Facts);
        string source = workshop.Write("main.c", """
            #include "facts.h"
            static struct { int a; struct { long b; } in[3]; } kept;
            int main(void) { AT(kept.in[2].b); ready(); return kept.a; }
            """);
        string program = workshop.Build("gcc", "separate", ["-g", "-O1", .. extra.Length > 0 ? [extra] : Array.Empty<string>()], source);
        Shell.Run("objcopy", "--only-keep-debug", program, program + ".debug");
        Shell.Run("objcopy", "--strip-all", $"--add-gnu-debuglink={program}.debug", program);
        using var running = new RunningProgram(program);

        running.Misplaced().Should().BeEmpty();
        running.Watch("kept.in[2].b").TypeName.Should().Be("long");
    }

    [Fact]
    public void A32BitProgramHasShortPointers()
    {
        using var workshop = new Workshop();
        workshop.Write("facts.h", CProgram.Facts);
        using var program = new RunningProgram(workshop.Build("gcc", "short", ["-m32"], workshop.Write("main.c", """
            #include "facts.h"
            long value[2] = { 3, 4 };
            long *pointer = &value[1];
            int main(void)
            {
                printf("at\t*(long*)%p\t%p\t%zu\n", (void *)value, (void *)value, sizeof *value);
                printf("at\t**(long**)%p\t%p\t%zu\n", (void *)&pointer, (void *)pointer, sizeof *pointer);
                printf("at\t*(long**)%p\t%p\t%zu\n", (void *)&pointer, (void *)&pointer, sizeof pointer);
                printf("at\t((long*)%p)[1]\t%p\t%zu\n", (void *)value, (void *)&value[1], sizeof *value);
                ready();
                return 0;
            }
            """)));

        program.Places.Should().HaveCount(4).And.OnlyContain(p => p.Size == 4);
        program.Misplaced().Should().BeEmpty();
    }

    [Fact]
    public void ALibraryThatComesLaterBringsItsNames()
    {
        using var workshop = new Workshop();
        workshop.Write("facts.h", CProgram.Facts);
        string library = workshop.Build("gcc", "liblater.so", ["-g", "-fPIC", "-shared"], workshop.Write("later.c", """
            #include "facts.h"
            int later_global = 3;
            static struct later_type { int x; } later_static;
            void later_facts(void) { AT(later_global); AT(later_static.x); }
            """));
        using var program = new RunningProgram(
            workshop.Build("gcc", "opens", ["-g"], workshop.Write("main.c", """
                #include "facts.h"
                #include <dlfcn.h>
                int main(int argc, char **argv)
                {
                    ready();
                    ((void (*)(void))dlsym(dlopen(argv[argc - 1], RTLD_NOW), "later_facts"))();
                    ready();
                    return 0;
                }
                """)),
            library);

        program.Unknown("later_global").Should().StartWith("no variable is named 'later_global'");
        program.Unknown("*(struct later_type*)0x1000").Should().StartWith("no type is named 'struct later_type'");
        program.Continue();
        program.Places.Should().HaveCount(2);
        program.Misplaced().Should().BeEmpty();
    }
}
