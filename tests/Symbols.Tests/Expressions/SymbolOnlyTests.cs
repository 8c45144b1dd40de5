// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Expressions.Programs;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>Programs without debug information: symbols have places and sizes, no types.</summary>
public sealed class SymbolOnlyTests : IDisposable
{
    private const string Source = """
        #include "facts.h"
        struct pair { int a; long b; };
        int number = -2;
        unsigned char byte = 200;
        long wide = 7;
        char text[12] = "symbol";
        struct pair pair = { 3, 4 };
        static long hidden_static = 5;
        __thread int local = 6;
        __asm__(".data\n.globl bare\nbare: .long 1, 2\n.text\n");
        extern int bare[2];
        int work(void) { static int calls = 9; return ++calls; }
        int main(void)
        {
            void *self;
            __asm__("mov %%fs:0, %0" : "=r"(self));
            AT(number); AT(byte); AT(wide); AT(text); AT(pair); AT(hidden_static); AT(local);
            PLACE("*(long*)(&pair + 8)", pair.b); PLACE("*(long*)(pair + 8)", pair.b); PLACE("*((long*)&pair + 1)", pair.b);
            PLACE("*(int*)&number", number); PLACE("(int)number", number); PLACE("((int*)&bare)[1]", bare[1]); PLACE("bare:8", bare);
            PLACE("*(char*)(text + 3)", text[3]); PLACE("((char*)text)[4]", text[4]); PLACE("&text + 2 :1", text[2]);
            work();
            printf("thread\t%d\t%p\n", (int)getpid(), self);
            ready();
            return (int)hidden_static;
        }
        """;

    private const string CxxSource = """
        #include "facts.h"
        namespace ns { int number = 4; struct Box { static long total; }; long Box::total = 5; namespace { int hidden = 6; } }
        template <typename T> struct Many { static T count; };
        template <typename T> T Many<T>::count = 7;
        int main()
        {
            AT(ns::number); AT(ns::Box::total); AT(Many<unsigned long>::count);
            PLACE("_ZN2ns3Box5totalE", ns::Box::total);
            PLACE("ns::(anonymous namespace)::hidden", ns::hidden);
            PLACE("Many<long unsigned int>::count", Many<unsigned long>::count);
            ready();
            return ns::hidden;
        }
        """;

    private readonly Workshop _workshop = new();

    public SymbolOnlyTests() => _workshop.Write("facts.h", CProgram.Facts + "\n#include <unistd.h>\n");

    [Theory]
    [InlineData("gcc", "-pie")]
    [InlineData("clang", "-no-pie")]
    public void SymbolsAreWatchedWithTheirSize(string compiler, string link)
    {
        using RunningProgram program = Build(compiler, Source, "-g0", link);

        program.Places.Should().HaveCount(17);
        program.Misplaced().Should().BeEmpty();
        program.Watch("number").TypeName.Should().BeNull();
        program.Watch("number").Resolution.Should().Be($"number: bare has no debug information for it; number at {program["number"]}");
        program.Show(program.Watch("byte")).Text.Should().Be("200");
        program.Show(program.Watch("wide")).Text.Should().Be("7");
        program.Show(program.Watch("pair")).Text.Should().Be("{03 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00}");
        program.Show(program.Watch("(int)number")).Text.Should().Be("-2");
        program.Refusal("bare").Should().Be("the size of bare is not known: say how many bytes, as bare:8 or --len 8");
        program.Refusal("pair.a").Should().Be("the type of pair is not known: cast it, as in ((struct name*)&pair)->a");
        program.Refusal("*pair").Should().Be("pair does not say what it points to: cast it, as in *(long*)&pair");
        program.Refusal("pair + 8").Should().Be("pair + 8 is an address without a type: write *(long*)(pair + 8), or say how many bytes, as pair + 8:8");
        program.Watch("bare", 4).Length.Should().Be(4);
        program.Unknown("nubmer").Should().Be("no variable is named 'nubmer' (bare has no debug information); nearest: number");
    }

    [Fact]
    public void StrippedProgramsKeepTheirDynamicSymbols()
    {
        using RunningProgram program = Build("gcc", Source, "-g0", "-rdynamic", "-s");

        program.Watch("pair").Address.Should().Be(program["pair"]);
        program.Watch("pair").Length.Should().Be(16);
        program.Unknown("hidden_static").Should().StartWith("no variable is named 'hidden_static' (bare has no debug information)");
    }

    [Fact]
    public void CxxNamesMatchMangledAndDemangled()
    {
        using RunningProgram program = Build("g++", CxxSource, "-g0");

        program.Places.Should().HaveCount(6);
        program.Misplaced().Should().BeEmpty();
        program.Unknown("ns::numbre").Should().Contain("nearest: ns::number");
    }

    [Fact]
    public void ADeclarationGivesTheTypeOfASymbol()
    {
        string unit = _workshop.Write("other.c", "struct pair { int a; long b; } pair = { 1, 2 }; int numbers[5]; __thread short thread_short;");
        string plain = _workshop.Build("gcc", "other.o", ["-g0", "-c"], unit);
        string main = _workshop.Write("main.c", """
            #include "facts.h"
            extern struct pair { int a; long b; } pair;
            extern int numbers[];
            extern __thread short thread_short;
            int main(void)
            {
                void *self;
                __asm__("mov %%fs:0, %0" : "=r"(self));
                printf("thread\t%d\t%p\n", (int)getpid(), self);
                AT(pair); AT(pair.b); AT(thread_short); PLACE("numbers", *(int (*)[5])numbers); AT(numbers[3]);
                ready();
                return 0;
            }
            """);
        using var program = new RunningProgram(_workshop.Build("gcc", "declared", ["-g"], main, plain));

        program.Misplaced().Should().BeEmpty();
        program.Watch("numbers").TypeName.Should().Be("int [5]");
    }

    public void Dispose() => _workshop.Dispose();

    private RunningProgram Build(string compiler, string source, params string[] flags) =>
        new(_workshop.Build(compiler, "bare", ["-O1", .. flags], _workshop.Write(compiler.EndsWith('+') ? "bare.cpp" : "bare.c", source)));
}
