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
    private const int Rax = 0, Rdi = 5, Rsi = 4, Rdx = 1, Rcx = 2, R8 = 8, R9 = 9, Rsp = 7;

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
        NOINLINE struct node *made(long n) { __asm__ volatile("" : : "r"(n) : "memory"); return n > 3 ? g_head : (struct node *)0; }
        NOINLINE struct node *passed_on(long n) { __asm__ volatile("" : : "r"(n) : "memory"); return made(n + 1); }
        NOINLINE long shadow(struct node *p, long g_count) { __asm__ volatile("" : : "r"(p), "r"(g_count) : "memory"); return p->len; }
        long g_sum;
        NOINLINE long walk(struct node *from)
        {
            long sum = 0;
            for (struct node *each = from; each; each = each->next) {
                sum += first(each);
                g_sum += sum; /* amid */
                each->len += sum + first(each);
            }
            return sum;
        }
        static inline __attribute__((always_inline)) void inner(struct node *given) { g_sum += given->len; /* inlined */ first(given); }
        NOINLINE void outer_one(struct node *a) { first(a); inner(a->next); }
        NOINLINE void outer_two(struct node *b) { inner(b); first(b); }
        static inline __attribute__((always_inline)) long both(struct node *p) { return p->len; }
        long (*volatile g_both)(struct node *) = both;
        NOINLINE long calls_both(struct node *p) { long sum = both(p); __asm__ volatile("" : : "r"(p) : "memory"); return sum + p->len; }
        int main(void) {
            struct node n = {0}; struct node *q = &n; struct two t = {1, 2}; struct three s = {{1, 2, 3}};
            return (int)(shadow(&n, 1) + first(&n) + third(1, 2, 3, &n, 4) + behind(t, s, 1, &n) + hidden(1, &q).all[0] + last(1, 2, 3, 4, 5, 6, &n) + wide(1, 2, &n) + kept(&n, &q) + g_count) + (passed_on(7) != 0) + walk(&n) + (outer_one(&n), outer_two(&n), 0) & 1;
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

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void WhatIsReturnedIsInTheAccumulator(Toolchain toolchain)
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, toolchain), []);
        using TargetSymbols symbols = new(program);
        Way(symbols, "made:return", "$ret->arr[2]").Should().Be((Rax, "40"));
        Way(symbols, "made:return", "$ret->next->len").Should().Be((Rax, "0,8"));
        Plan(symbols, "made:return", "$ret->len").Places.Should().OnlyContain(place => place.Kind == ProbeKind.Reach, "each return has a probe");
        IReadOnlyList<ProbePlace> places = Plan(symbols, "passed_on:return", "$ret->len").Places;
        (places.Count, places[0].Kind).Should().Be((1, toolchain.Level == "-O0" ? ProbeKind.Reach : ProbeKind.Returned), "optimised, it jumps to the function whose value it returns");
    }

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void AtALineAVariableIsWhereTheDebugInformationHasIt(Toolchain toolchain)
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, toolchain), []);
        using TargetSymbols symbols = new(program);
        ArisingResolution found = Resolve(symbols, new ArisingRule.At($"objects.c:{LineOf("amid")}") { Until = new ArisingRule.Ending.Return() }, "each->len");
        found.Reason.Should().BeNull();
        ProbePlace reach = found.Plan!.Places.Single(place => place.Kind == ProbeKind.Reach);
        PointerWay way = reach.Way!;
        way.Offsets[^1].Should().Be(8);
        (way.Offsets.Count == 1 ? way.Register is not Rsp : way.Register is Rsp or 6).Should().BeTrue($"{way.Register}: {string.Join(',', way.Offsets)}");
        way.Offsets.Should().HaveCount(toolchain.Level == "-O0" ? 2 : 1);
        reach.FromFramePointer.Should().Be(toolchain.Level == "-O0");
        found.Plan.Places.Should().Contain(place => place.Kind == ProbeKind.Leave);
    }

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void AnInlinedFunctionsLineIsInEachOfItsCopies(Toolchain toolchain)
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, toolchain), []);
        using TargetSymbols symbols = new(program);
        ArisingPlan plan = Plan(symbols, $"objects.c:{LineOf("inlined")}", "given->len");
        plan.Places.Select(place => (place.Kind, place.Way!.Offsets[^1])).Distinct().Should().Equal((ProbeKind.Reach, 8L));
        plan.Watch.Resolution.Should().EndWith($", in {plan.Places.Count} of its 2 copies");
        if (plan.Places.Count != 2)
        {
            toolchain.Level.Should().Be("-O2", "gcc has it nowhere in one of them");
            plan.Unseen.Should().StartWith("in 1 of the 2 copies of line ").And.Contain("given is nowhere at ");
        }
    }

    [Theory]
    [InlineData("amid", "each", "each is in the frame, which the function gives back at its return*")]
    [InlineData("amid", "given->len", "no variable is named 'given' (the variables of walk there are from, sum, each)")]
    [InlineData("inlined", "a->len", "no variable is named 'a' (the variables of inner there are given)")]
    public void AtALineTheVariablesOfItsBlocksCanBeNamed(string mark, string expression, string why)
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, Toolchain.Default), []);
        using TargetSymbols symbols = new(program);
        Resolve(symbols, new ArisingRule.At($"objects.c:{LineOf(mark)}"), expression).Reason.Should().Match(why);
    }

    [Fact]
    public void GlobalsCanBeNamedToo()
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, Toolchain.Default), []);
        using TargetSymbols symbols = new(program);
        ulong count = symbols.Resolve(new WatchRequest("g_count", AccessMode.Write)).Should().BeOfType<WatchResolution.Resolved>().Subject.Watch.Address.Value;
        ulong head = symbols.Resolve(new WatchRequest("g_head", AccessMode.Write)).Should().BeOfType<WatchResolution.Resolved>().Subject.Watch.Address.Value;
        Way(symbols, "first", "g_count").Should().Be((null, $"{count}"));
        Way(symbols, "first", "g_head->len").Should().Be((null, $"{head},8"));
    }

    [Theory]
    [InlineData("first", "p->arr[g_count]", "g_count is a number that is known only then; a constant can stand in its place")]
    [InlineData("first", "p->arr[p->next - p]", "*reckons with an address that is known only then")]
    [InlineData("first", "p", "p is in a register there and has no memory to be watched; what it points to has: ?p")]
    [InlineData("first", "p->arr", "p->arr has 24 bytes: a watch that arms itself takes one debug register*")]
    [InlineData("first", "p->next->next->next->next->next->next->next->next->len", "*goes through 9 pointers; 8 can be followed")]
    [InlineData("behind", "t.one", "*")]
    [InlineData("last", "p", "p is in the frame, which the function gives back at its return: --until return, or --watch-local")]
    public void WhatCannotBeHadIsRefusedWithItsReason(string place, string expression, string why)
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, Toolchain.Default), []);
        using TargetSymbols symbols = new(program);
        ArisingResolution found = Resolve(symbols, new ArisingRule.At(place), expression);
        found.Plan.Should().BeNull();
        found.Reason.Should().Match(why);
    }

    /// <summary>A condition is decided at a hit, where the function may be over: what it calls its own is refused, and no global of that name is taken in its place.</summary>
    [Theory]
    [InlineData("third", "p->len", "new > b", "b")]
    [InlineData("third", "p->len", "new > old && p->len > 3", "p")]
    [InlineData("third", "p->len", "new > d", "d")] // in no general register, which is another reason, and not the one
    [InlineData("shadow", "p->len", "new > g_count", "g_count")]
    [InlineData("objects.c:amid", "each->len", "new > sum", "sum")]
    public void AConditionCannotNameTheFunctionsOwn(string place, string expression, string condition, string name)
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, Toolchain.Default), []);
        using TargetSymbols symbols = new(program);
        var rule = new ArisingRule.At(place.Replace("amid", $"{LineOf("amid")}", StringComparison.Ordinal));
        ArisingResolution found = symbols.ResolveArising(
            new WatchRequest(expression, AccessMode.Write) { Arising = rule, Filter = new HitFilter { Conditions = [condition] } });
        found.Plan.Should().BeNull();
        found.Reason.Should().StartWith($"the condition {condition} of '{expression}': {name} is a variable of the function itself. ");
    }

    [Fact]
    public void AConditionCanNameGlobals()
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, Toolchain.Default), []);
        using TargetSymbols symbols = new(program);
        ArisingResolution Find(string condition) => symbols.ResolveArising(
            new WatchRequest("p->len", AccessMode.Write) { Arising = new ArisingRule.At("shadow"), Filter = new HitFilter { Conditions = [condition] } });
        Find("new > g_sum").Plan!.Watch.Condition.Should().NotBeNull();
        Find("new > objects.c::g_count").Plan!.Watch.Condition.Should().NotBeNull("a file's name is in front");
    }

    /// <summary>Zero hits must not look as if nothing had been written: what has no probe is said.</summary>
    [Theory]
    [MemberData(nameof(Toolchains))]
    public void WhereItIsInlinedBesidesIsSaid(Toolchain toolchain)
    {
        using var workshop = new Workshop();
        using ProgramFile program = ProgramFile.Open(Build(workshop, toolchain), []);
        using TargetSymbols symbols = new(program);
        const string Copies = "both is inlined in 1 place (in calls_both) besides: what happens there is not seen";
        Plan(symbols, "both", "p->len").Unseen.Should().Be($"{Copies} (a line of it is seen in each copy: --at FILE:LINE)");
        Plan(symbols, "first", "p->len").Unseen.Should().BeNull();
        symbols.ResolveArising(new WatchRequest("both", AccessMode.Write) { Arising = new ArisingRule.ReturnAddress("both") }).Plan!.Unseen.Should().Be(Copies);
    }

    private static (int? Register, string Offsets) Way(TargetSymbols symbols, string place, string expression)
    {
        PointerWay way = Plan(symbols, place, expression).Places[0].Way!;
        return (way.Register, string.Join(',', way.Offsets));
    }

    private static ArisingPlan Plan(TargetSymbols symbols, string place, string expression)
    {
        ArisingResolution found = Resolve(symbols, new ArisingRule.At(place), expression);
        found.Reason.Should().BeNull($"{expression} at {place}");
        return found.Plan!;
    }

    private static int LineOf(string mark) => Array.FindIndex(Source.Split('\n'), line => line.Contains($"/* {mark} */", StringComparison.Ordinal)) + 1;

    private static ArisingResolution Resolve(TargetSymbols symbols, ArisingRule.At rule, string expression) =>
        symbols.ResolveArising(new WatchRequest(expression, AccessMode.Write) { Arising = rule });

    private static string Build(Workshop workshop, Toolchain toolchain) => workshop.Build(
        toolchain.Compiler, "objects", [.. toolchain.Compile, toolchain.Link, "-w"], workshop.Write("objects.c", Source));
}
