// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AwesomeAssertions;
using Livewatcher.Agent.Wire;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Agent.Tests.Wire;

/// <summary>The C header and its C# mirror have one layout; the C compiler is the judge.</summary>
public sealed class LayoutTests
{
    public static TheoryData<string, Type> Enumerations => new()
    {
        { "lw_wire_kind", typeof(WireKind) },
        { "lw_wire_setting", typeof(WireSetting) },
    };

    [Fact]
    public void TheMessageHasTheLayoutOfItsHeader()
    {
        FieldInfo[] mirror = [.. typeof(WireHeader).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .OrderBy(field => Marshal.OffsetOf<WireHeader>(field.Name))];
        WireSource.Fields.Select(Pascal).Should().Equal(mirror.Select(field => field.Name));
        string[] told = WireSource.Print(WireSource.Fields.Select(field =>
            $"printf(\"%zu %zu\\n\", offsetof(struct lw_wire, {field}), sizeof(((struct lw_wire *)0)->{field}));"));
        told.Should().Equal(mirror.Select(field => $"{Marshal.OffsetOf<WireHeader>(field.Name)} {SizeOf(field.FieldType)}"));
        WireSource.Print(["printf(\"%zu\\n\", sizeof(struct lw_wire));"]).Should().Equal($"{WireMessage.HeaderBytes}");
    }

    [Theory]
    [MemberData(nameof(Enumerations))]
    public void EachEnumerationHasTheNamesAndValuesOfItsHeader(string name, Type mirror)
    {
        IReadOnlyList<string> names = WireSource.NamesOf(name);
        names.Should().NotBeEmpty();
        names.Should().BeEquivalentTo(Enum.GetNames(mirror));
        Evaluate(names).Should().Equal(names.Select(one => Convert.ToInt64(Enum.Parse(mirror, one), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void ConstantsAreTheHeaders()
    {
        Dictionary<string, long> mirrored = new()
        {
            ["LW_WIRE_VERSION"] = WireConstants.LW_WIRE_VERSION,
            ["LW_WIRE_TEXT"] = WireConstants.LW_WIRE_TEXT,
            ["LW_WIRE_WATCHERS"] = WireConstants.LW_WIRE_WATCHERS,
            ["LW_WIRE_REGISTERS"] = WireConstants.LW_WIRE_REGISTERS,
            ["LW_WIRE_CHANGE_ONLY"] = WireConstants.LW_WIRE_CHANGE_ONLY,
            ["LW_WIRE_WANTS_HANDLER"] = WireConstants.LW_WIRE_WANTS_HANDLER,
            ["LW_WIRE_MORE"] = WireConstants.LW_WIRE_MORE,
        };
        Evaluate(mirrored.Keys).Should().Equal(mirrored.Values);
    }

    /// <summary>The header's registers are struct pt_regs: the compiler says where each is.</summary>
    [Fact]
    public void RegistersAreInTheKernelsOrder()
    {
        WireHeader header = default;
        for (int i = 0; i < WireConstants.LW_WIRE_REGISTERS; i++)
            header.Registers[i] = 1000 + (ulong)i;
        UserRegisters registers = header.ToRegisters();
        Dictionary<string, ulong> named = new()
        {
            ["r15"] = registers.R15, ["r14"] = registers.R14, ["r13"] = registers.R13, ["r12"] = registers.R12, ["rbp"] = registers.Rbp,
            ["rbx"] = registers.Rbx, ["r11"] = registers.R11, ["r10"] = registers.R10, ["r9"] = registers.R9, ["r8"] = registers.R8,
            ["rax"] = registers.Rax, ["rcx"] = registers.Rcx, ["rdx"] = registers.Rdx, ["rsi"] = registers.Rsi, ["rdi"] = registers.Rdi,
            ["rip"] = registers.Rip, ["cs"] = registers.Cs, ["eflags"] = registers.Eflags, ["rsp"] = registers.Rsp, ["ss"] = registers.Ss,
        };
        string[] told = WireSource.Print(named.Keys.Select(name =>
            $"{{ struct pt_regs_ {{ unsigned long {PtRegs}; }}; printf(\"%zu\\n\", 1000 + offsetof(struct pt_regs_, {name}) / 8); }}"));
        told.Should().Equal(named.Values.Select(value => $"{value}"));
        registers.OrigRax.Should().Be(ulong.MaxValue, "the program is in no system call when it calls the library");
    }

    /// <summary>arch/x86/include/uapi/asm/ptrace.h, __x86_64__.</summary>
    private static string PtRegs =>
        "r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, orig_rax, rip, cs, eflags, rsp, ss";

    private static IEnumerable<long> Evaluate(IEnumerable<string> names) =>
        WireSource.Print(names.Select(name => $"printf(\"%lld\\n\", (long long)({name}));")).Select(line => long.Parse(line, CultureInfo.InvariantCulture));

    private static string Pascal(string name) => string.Concat(name.Split('_').Select(word => $"{char.ToUpperInvariant(word[0])}{word[1..]}"));

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type.IsEnum ? Enum.GetUnderlyingType(type) : type).Invoke(null, null)!;
}
