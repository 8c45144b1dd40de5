// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Files;
using Livewatcher.Symbols.Tests.Expressions;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Arising;

/// <summary>Objects that are named at an instruction: the ways to them, from registers, by pointers.</summary>
public sealed class ObjectTests
{
    private const int Rdi = 5, Rsi = 4, Rdx = 1, Rcx = 2, R8 = 8, R9 = 9, Rsp = 7;

    private const string Source = """
        struct inner { char pad[12]; int b; };
        struct node { struct node *next; long len; struct inner a; int arr[6]; unsigned low : 3, high : 7; };
        struct two { long one; double two; };
        struct three { long all[3]; };
        struct node *g_head;
        long g_count;
        #define NOINLINE __attribute__((noinline, noclone))
        NOINLINE long first(struct node *p) { __asm__ volatile("" : : "r"(p) : "memory"); p->len++; return p->len; }
        NOINLINE long third(int a, double d, long b, struct node *p, float f) { __asm__ volatile("" : : "r"(p), "r"(a), "r"(b) : "memory"); return p->len + a + b + (long)(d + f); }
        NOINLINE long behind(struct two t, struct three s, char c, struct node *p) { __asm__ volatile("" : : "r"(p) : "memory"); return p->len + t.one + s.all[1] + c; }
        NOINLINE struct three hidden(long a, struct node **p) { __asm__ volatile("" : : "r"(p) : "memory"); struct three s = {{(*p)->len, a, 0}}; return s; }
        NOINLINE long last(long a, long b, long c, long d, long e, long f, struct node *p) { __asm__ volatile("" : : "r"(p) : "memory"); return p->len + a + b + c + d + e + f; }
        NOINLINE long wide(__int128 a, long b, struct node *p) { __asm__ volatile("" : : "r"(p) : "memory"); return p->len + (long)a + b; }
        NOINLINE long kept(struct node *p, struct node **other) { *other = p; __asm__ volatile("" : : "r"(&p) : "memory"); return p->len; }
        int main(void) {
            struct node n = {0}; struct node *q = &n; struct two t = {1, 2}; struct three s = {{1, 2, 3}};
            return (int)(first(&n) + third(1, 2, 3, &n, 4) + behind(t, s, 1, &n) + hidden(1, &q).all[0] + last(1, 2, 3, 4, 5, 6, &n) + wide(1, 2, &n) + kept(&n, &q) + g_count) & 1;
        }
        """;

    public static TheoryData<Toolchain> Toolchains => new(Toolchain.Pairs);

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void ParametersAreWhereTheCallerHasPutThem(Toolchain toolchain)
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, toolchain), []);
        using TargetSymbols symbols = new(program);
        Way(symbols, "first", "p->len").Should().Be((Rdi, "8"));
        Way(symbols, "first", "p->next->next->len").Should().Be((Rdi, "0,0,8"));
        Way(symbols, "first", "p->a.b").Should().Be((Rdi, "28"));
        Way(symbols, "first", "p->arr[3]").Should().Be((Rdi, "44"));
        Way(symbols, "first", "p->next->arr[1]").Should().Be((Rdi, "0,36"));
        Way(symbols, "first", "p[1].len").Should().Be((Rdi, "72"));
        Way(symbols, "first", "(*p).len").Should().Be((Rdi, "8"));
        Way(symbols, "first", "*(long *)((char *)p + 8)").Should().Be((Rdi, "8"));
        Way(symbols, "third", "p->len").Should().Be((Rdx, "8"));
        Way(symbols, "behind", "p->len").Should().Be((Rdx, "8"), "a struct of a long and a double takes one register of each kind; one of 24 bytes none");
        Way(symbols, "hidden", "(*p)->len").Should().Be((Rdx, "0,8"), "what is returned in memory takes the first register");
        Way(symbols, "last", "p->len").Should().Be((Rsp, "8,8"));
        Way(symbols, "wide", "p->len").Should().Be((Rcx, "8"));
        Way(symbols, "kept", "(*other)->len").Should().Be((Rsi, "0,8"));
        Way(symbols, "kept", "p->len").Should().Be((Rdi, "8"));
    }

    private static (int? Register, string Offsets) Way(TargetSymbols symbols, string place, string expression)
    {
        ArisingResolution found = Resolve(symbols, new ArisingRule.At(place), expression);
        found.Reason.Should().BeNull($"{expression} at {place}");
        ProbePlace probe = found.Plan!.Places.Single();
        probe.Kind.Should().Be(ProbeKind.Reach);
        return (probe.Way!.Register, string.Join(',', probe.Way.Offsets));
    }

    private static ArisingResolution Resolve(TargetSymbols symbols, ArisingRule.At rule, string expression) =>
        symbols.ResolveArising(new WatchRequest(expression, AccessMode.Write) { Arising = rule });

    private static string Build(Workshop workshop, Toolchain toolchain) => workshop.Build(
        toolchain.Compiler, "objects", [.. toolchain.Compile, toolchain.Link, "-w"], workshop.Write("objects.c", Source));
}
