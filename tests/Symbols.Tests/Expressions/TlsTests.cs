// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Expressions.Programs;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>Each thread prints the addresses of its own variables and its thread pointer.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public TlsTests() => _workshop.Write("facts.h", CProgram.Facts);

    [Theory]
    [InlineData("gcc", "-O0", "-pie", 64)]
    [InlineData("gcc", "-O2", "-no-pie", 1)]
    [InlineData("clang", "-O0", "-no-pie", 4096)]
    [InlineData("clang", "-O2", "-pie", 32)]
    [InlineData("gcc", "-O2", "-pie", 16, "-mtls-dialect=gnu2")]
    [InlineData("gcc", "-O2", "-pie", 16, "-ftls-model=initial-exec")]
    [InlineData("gcc", "-O0", "-pie", 8, "-gdwarf-4")]
    [InlineData("gcc", "-O0", "-pie", 8, "-fuse-ld=gold")]
    [InlineData("gcc", "-O2", "-pie", 16, "-m32")]
    [InlineData("clang", "-O0", "-no-pie", 64, "-m32")]
    public void VariablesOfNamedThreadsAreWhereTheThreadsSay(string compiler, string level, string link, int alignment, string extra = "-g")
    {
        using RunningProgram program = Build(compiler, level, link, alignment, extra);

        program.Places.Should().HaveCount((3 * 11) + 2);
        program.Misplaced().Should().BeEmpty();
    }

    [Theory]
    [InlineData("-static")]
    [InlineData("-static-pie")]
    [InlineData("-pie")]
    public void TheOnlyThreadNeedsNoName(string link)
    {
        using var program = new RunningProgram(_workshop.Build("gcc", "single", ["-g", link], _workshop.Write("single.c", TlsProgram.Single)));

        program.Places.Should().HaveCount(2);
        program.Misplaced().Should().BeEmpty();
        program.Watch("only").Resolution.Should().Be($"only of thread single ({program.Id}); only at {program["only"]}");
    }

    [Fact]
    public void AThreadIsAskedForAndChecked()
    {
        using RunningProgram program = Build("gcc", "-O0", "-pie", 8, "-g");

        program.Refusal("first").Should().StartWith("first is thread-local: say whose, as first@THREAD; threads: ").And.Contain("worker (").And.Contain("helper 2 (");
        program.Unknown("first@nobody").Should().StartWith("no thread has the name or id nobody; threads: ");
        program.Refusal("first@twin").Should().StartWith("2 threads have the name twin: take the id; threads: twin (");
        program.Refusal("barrier@worker").Should().Be("barrier is not thread-local: leave @worker out");
        program.Unknown("late_counter@idle").Should().Contain("has not touched the thread-local variables of liblate.so yet");
        program.Watch("mine@worker").TypeName.Should().Be("struct local");
        program.Show(program.Watch("counter@worker")).Text.Should().Be("5");
        string tid = program.Refusal("first").Split("worker (")[1].Split(')')[0];
        program.Watch($"first@{tid}").Address.Should().Be(program["first@worker"]);
    }

    [Theory]
    [InlineData("-g")]
    [InlineData("-m32")]
    public void WithoutGlibcsDescriptionTheRelocationsTell(string extra)
    {
        using RunningProgram program = Build("gcc", "-O2", "-pie", 8, extra);
        program.HideSymbols("_thread_db_");

        program.Misplaced().Should().BeEmpty();
    }

    public void Dispose() => _workshop.Dispose();

    private RunningProgram Build(string compiler, string level, string link, int alignment, string extra)
    {
        string[] shared = ["-g", level, extra, "-fPIC", "-shared"];
        string library = _workshop.Build(compiler, "libtls.so", shared, _workshop.Write("lib.c", TlsProgram.Library));
        string late = _workshop.Build(compiler, "liblate.so", shared, _workshop.Write("late.c", TlsProgram.Late));
        string program = _workshop.Build(
            compiler, "tls", ["-g", level, link, link == "-pie" ? "-fPIE" : "-fno-pie", extra, $"-DALIGNMENT={alignment}", $"-Wl,-rpath,{_workshop.Folder}"],
            _workshop.Write("main.c", TlsProgram.Main), library);
        return new RunningProgram(program, late);
    }
}
