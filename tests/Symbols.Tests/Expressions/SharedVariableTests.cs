// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Tests.Expressions.Programs;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>Names that more than one module has.</summary>
public sealed class SharedVariableTests : IDisposable
{
    private const string Library = """
        #include "facts.h"
        struct config { int level; char name[4]; };
        struct config config = { 3, "cfg" };
        int twice_there = 10 * WHICH;
        static int own = WHICH;
        void FACTS(void) { printf("at\t" NAME "::config\t%p\t%zu\n", (void *)&config, sizeof config); PLACE(NAME "::twice_there", twice_there); PLACE(NAME "::own", own); }
        """;

    private readonly Workshop _workshop = new();

    public SharedVariableTests() => _workshop.Write("facts.h", CProgram.Facts);

    /// <summary>A program that is not position-independent has its own copy of a library's variable, and the library uses that.</summary>
    [Theory]
    [InlineData("gcc", "-no-pie", "-g")]
    [InlineData("gcc", "-no-pie", "-g0")]
    [InlineData("clang", "-no-pie", "-g")]
    [InlineData("gcc", "-pie", "-g")]
    [InlineData("gcc", "-no-pie", "-g", "-m32")]
    [InlineData("clang", "-no-pie", "-g", "-m32")]
    public void TheCopyInTheProgramIsTheVariable(string compiler, string link, string debug, string width = "-m64")
    {
        using RunningProgram program = Start(compiler, link, debug, width: width);

        program.Watch("config").Address.Should().Be(program["one.c::config"]);
        program.Watch("config.name").Address.Value.Should().Be(program["one.c::config"].Value + 4);
        program.Watch("one.c::config").Address.Should().Be(program["one.c::config"]);
        program.Watch("config").TypeName.Should().Be("struct config");
    }

    /// <summary>Of two libraries with the same global, both use that of the first, unless one is linked to use its own.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("-Wl,-Bsymbolic")]
    [InlineData("", "-m32")]
    [InlineData("-Wl,-Bsymbolic", "-m32")]
    public void EachLibrarysVariableIsTheOneItUses(string second, string width = "-m64")
    {
        using RunningProgram program = Start("gcc", "-pie", "-g", second, width);

        program.Watch("one.c::twice_there").Address.Should().Be(program["one.c::twice_there"]);
        program.Watch("two.c::twice_there").Address.Should().Be(program["two.c::twice_there"]);
        program.Watch("two.c::own").Address.Should().Be(program["two.c::own"]);
        program.Watch("twice_there").Address.Should().Be(program["one.c::twice_there"]);
        (program["one.c::twice_there"] == program["two.c::twice_there"]).Should().Be(second.Length == 0);
    }

    [Fact]
    public void ALibrarysDebugInformationIsNotReadForNamesOfTheProgram()
    {
        using RunningProgram program = Start("gcc", "-pie", "-g");
        HashSet<string> read = [];
        ILoadedModule[] spies = [.. program.Modules.Select(m => new PartialModule(m, dwarf: () => Note(m)))];
        var resolver = new WatchResolver(new ThreadedTarget(program.Id, new Dictionary<ThreadId, Address>()), () => spies, _ => null);

        resolver.Resolve(new WatchRequest("main_own.level", AccessMode.Write)).Should().BeOfType<WatchResolution.Resolved>();
        read.Should().Equal("shared");

        resolver.Resolve(new WatchRequest("two.c::own", AccessMode.Write)).Should().BeOfType<WatchResolution.Resolved>();
        read.Should().Contain("libtwo.so");

        nint Note(ILoadedModule module)
        {
            read.Add(module.Name);
            return module.Dwarf;
        }
    }

    public void Dispose() => _workshop.Dispose();

    private RunningProgram Start(string compiler, string link, string debug, string second = "", string width = "-m64")
    {
        string one = Build(compiler, "one", 1, width);
        string two = Build(compiler, "two", 2, width, second);
        string main = _workshop.Write("main.c", """
            #include "facts.h"
            extern struct config { int level; char name[4]; } config;
            struct config main_own = { 9, "own" };
            void facts_one(void);
            void facts_two(void);
            int main(void) { facts_one(); facts_two(); AT(main_own); ready(); return config.level; }
            """);
        return new RunningProgram(_workshop.Build(
            compiler, "shared", [debug, width, link, link == "-pie" ? "-fPIE" : "-fno-pie", $"-Wl,-rpath,{_workshop.Folder}"], main, one, two));
    }

    private string Build(string compiler, string name, int which, string width, string extra = "")
    {
        string[] flags = ["-g", width, "-fPIC", "-shared", $"-DWHICH={which}", $"-DFACTS=facts_{name}", $"-DNAME=\"{name}.c\""];
        return _workshop.Build(compiler, $"lib{name}.so", extra.Length > 0 ? [.. flags, extra] : flags, _workshop.Write($"{name}.c", Library));
    }
}
