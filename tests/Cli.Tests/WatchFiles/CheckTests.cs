// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests.WatchFiles;

/// <summary>livewatcher check, on programs that never run.</summary>
public sealed class CheckTests : IDisposable
{
    private const string Program = """
        struct node { int key; struct node *next; long len; };
        struct node *g_head;
        int g_limit = 3, g_cap = 5;
        static float s_ratio;
        __thread int t_depth;
        __attribute__((noinline)) void set_limit(int to) { g_limit = to; s_ratio = to; t_depth++; }
        int main(int argc, char **argv) { set_limit(argc); return g_head != 0 || g_cap == g_limit || s_ratio > 9; }
        """;

    private const string Library = "struct item { short kind; } g_item; void touch_item(void) { g_item.kind++; }";

    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("gcc", "-O0", "-no-pie")]
    [InlineData("gcc", "-O2", "-pie")]
    [InlineData("clang", "-O0", "-pie")]
    [InlineData("clang", "-O2", "-no-pie")]
    public async Task EverythingIsResolvedWithoutRunning(string compiler, string optimization, string linking)
    {
        string program = await BuildAsync(compiler, "program", Program, optimization, linking, linking == "-pie" ? "-fPIE" : "-fno-PIE");
        string library = await BuildAsync(compiler, "libitem.so", Library, "-shared", "-fPIC");
        Outcome outcome = await CheckAsync(
            """
            [[watch]]
            watch = "g_limit"
            if = "new < g_cap"
            ignore = ["set_limit", "libitem.so", "0x10-0x20"]
            [[watch]]
            awatch = "g_head->next->len"
            [[watch]]
            watch = "t_depth@worker"
            [[watch]]
            hbreak = "set_limit"
            [[watch]]
            watch = "g_item.kind"
            only = "touch_item"
            """, program, library);
        outcome.Error.Should().BeEmpty();
        outcome.Status.Should().Be(0);
        Items(outcome).Should().Equal(
            (2, "found", "watch", "int, 4 bytes, g_limit"),
            (4, "found", "ignore", "set_limit"),
            (4, "found", "ignore", "a module"),
            (4, "later", "ignore", "addresses are the run's"),
            (6, "later", "awatch", "long, 8 bytes, where it is the run decides"),
            (8, "later", "watch", Items(outcome)[5].Detail),
            (10, "found", "hbreak", "set_limit"),
            (12, "found", "watch", "short, 2 bytes, g_item"),
            (13, "found", "only", "touch_item"));
    }

    [Theory]
    [InlineData("at = \"put\"\nwatch = \"to->next->len\"\nuntil = \"return\"", 0, "found", "long, 8 bytes, at the entry of put, 2 probes")]
    [InlineData("at = \"put\"\nwatch = \"to->next->len\"\nuntil = \"main\"", 0, "found", "long, 8 bytes, at the entry of put, 2 probes")]
    [InlineData("at = \"putt\"\nwatch = \"to->len\"", 2, "wrong", "no function is named 'putt'; nearest: put")]
    [InlineData("at = \"put\"\nwatch = \"too->len\"", 2, "wrong", "no variable is named 'too' (the parameters of put are to, key; its other variables are nothing yet at its entry: FILE:LINE of a later line)")]
    [InlineData("at = \"put\"\nwatch = \"to->nope\"", 2, "wrong", "struct node has no member nope")]
    [InlineData("at = \"put\"\nwatch = \"key\"", 2, "wrong", "key is in a register there and has no memory to be watched; what it points to has: *key")]
    [InlineData("at = \"put\"\nwatch = \"to->len\"\nuntil = \"nobody\"", 2, "wrong", "no function is named 'nobody'")]
    [InlineData("at = \"make:return\"\nwatch = \"$ret->next->len\"\nuntil = \"free\"", 0, "found", "long, 8 bytes, at the return of make, 1 probe")]
    [InlineData("at = \"make:return\"\nwatch = \"to->len\"", 2, "wrong", "no variable is named 'to' (at the return of make there is $ret, and its variables are gone)")]
    [InlineData("at = \"put:return\"\nwatch = \"*$ret\"", 2, "wrong", "put returns long: $ret leads to an object where it is a pointer or a reference")]
    [InlineData("at = \"make:return\"\nwatch = \"$ret->len\"\nuntil = \"return\"", 2, "wrong", "--until return: at the return of make its frame is at its end; --until free, --until FUNC, or none")]
    public async Task AnObjectAtAFunctionsEntryOrReturnIsResolved(string watch, int status, string outcome, string detail)
    {
        string program = await BuildAsync("gcc", "program", "struct node { int key; struct node *next; long len; }; __attribute__((noinline)) long put(struct node *to, long key) { return to->next->len += key; } __attribute__((noinline)) struct node *make(struct node *to) { to->key++; return to->next; } int main(void) { struct node n = {0}; n.next = make(&n); n.next = &n; return (int)put(&n, 1) + (int)n.len; }");
        Outcome checkedFile = await CheckAsync($"[[watch]]\n{watch}", program);
        var item = Items(checkedFile).Should().ContainSingle().Subject;
        (item.Outcome, item.Detail).Should().Be((outcome, detail));
        checkedFile.Status.Should().Be(status);
    }

    [Theory]
    [InlineData("g_limitt", "new", 1, "unknown", "no variable is named 'g_limitt'; nearest: g_limit")]
    [InlineData("g_head->nope", "new", 2, "wrong", "struct node has no member nope")]
    [InlineData("g_head->next->nope", "new", 2, "wrong", "struct node has no member nope")]
    [InlineData("g_limit", "new ===", 2, "wrong", "--if 'new ===': unexpected '=' at column 7")]
    [InlineData("g_limit", "new < g_cab", 1, "unknown", "the condition new < g_cab of 'g_limit': no variable is named 'g_cab'; nearest: g_cap")]
    [InlineData("g_limit +", "new", 2, "wrong", null)]
    public async Task WhatWillNotWorkIsTold(string expression, string condition, int status, string outcome, string? detail)
    {
        string program = await BuildAsync("gcc", "program", Program);
        Outcome checkedFile = await CheckAsync($"[[watch]]\nwatch = \"{expression}\"\nif = \"{condition}\"", program);
        checkedFile.Status.Should().Be(status);
        var item = Items(checkedFile).Should().ContainSingle().Subject;
        item.Outcome.Should().Be(outcome);
        item.Detail.Should().Be(detail ?? item.Detail);
    }

    [Theory]
    [InlineData("abcd", null)]
    [InlineData("abcde", "c and d will share one of 4 bytes")]
    [InlineData("abcdefgh", "a and b will share one of 8 bytes; c, d, e and f will share one of 8 bytes")]
    [InlineData("aceghi", "c and e will share one of 8 bytes; h and i will share one of 8 bytes")]
    [InlineData("adghij", "they will be refused, or take turns (--rotate)")]
    public async Task WhoWouldShareADebugRegisterIsSaid(string members, string? told)
    {
        string program = await BuildAsync("gcc", "program", "struct { int a, b; short c, d; char e, f; long g; int h, i; long j; } g_s __attribute__((aligned(8))); int main(void) { return (int)g_s.g; }");
        string file = string.Join('\n', members.Select(member => $"[[watch]]\nwatch = 'g_s.{member}'"));
        Outcome json = await CheckAsync(file, program);
        List<JsonElement> lines = [.. json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Outcome text = await Binary.RunAsync(["check", Path.Combine(folder, "watches.toml"), program]);
        json.Status.Should().Be(0);
        lines.Should().HaveCount(members.Length + (told is null ? 0 : 1));
        if (told is null)
        {
            text.Output.Should().NotContain("debug registers");
            return;
        }

        text.Output.Replace("g_s.", "").Should().EndWith($"watches.toml: what is found takes {members.Length} debug registers, and the processor has 4: {told}\n");
        lines[^1].GetProperty("debug_registers").GetInt32().Should().Be(members.Length);
        lines[^1].GetProperty("fits").GetBoolean().Should().Be(told.Contains("share"));
        lines[^1].GetProperty("sharings").EnumerateArray().Sum(sharing => sharing.GetProperty("watches").GetArrayLength()).Should().Be(told.Split(';').Sum(Sharers));
        static int Sharers(string sharing) => sharing.Contains("share") ? sharing.Split(" will", 2)[0].Split([", ", " and "], StringSplitOptions.None).Length : 0;
    }

    [Fact]
    public async Task AFileThatIsNoProgramIsRefused()
    {
        Outcome outcome = await CheckAsync("[[watch]]\nwatch = 'x'", "/etc/hostname");
        outcome.Status.Should().Be(2);
        outcome.ErrorLines.Should().Equal("livewatcher: /etc/hostname: not an ELF file");
        outcome = await CheckAsync("[[watch]]\nwatch = 'x'", "/no/program");
        outcome.ErrorLines.Should().Equal("livewatcher: /no/program cannot be read: No such file or directory");
    }

    private static List<(int Line, string Outcome, string Option, string Detail)> Items(Outcome outcome) =>
    [
        .. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(item => (item.GetProperty("line").GetInt32(), item.GetProperty("outcome").GetString()!, item.GetProperty("option").GetString()!, item.GetProperty("detail").GetString()!)),
    ];

    private async Task<Outcome> CheckAsync(string text, params string[] files)
    {
        string path = Path.Combine(folder, "watches.toml");
        await File.WriteAllTextAsync(path, text);
        return await Binary.RunAsync(["check", path, .. files, "--format", "json"]);
    }

    private async Task<string> BuildAsync(string compiler, string name, string source, params string[] options)
    {
        string built = Path.Combine(folder, name);
        await File.WriteAllTextAsync(built + ".c", source);
        Outcome outcome = await Binary.RunOtherAsync(compiler, ["-g", .. options, "-o", built, built + ".c"]);
        outcome.Status.Should().Be(0, outcome.Error);
        return built;
    }
}
