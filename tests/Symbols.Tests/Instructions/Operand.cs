// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.RegularExpressions;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>The explicit memory operand in a line of objdump, evaluated over registers that are all different.</summary>
/// <param name="Address">Its address.</param>
/// <param name="IsLost">True where the instruction overwrites what the address is made of, or where a segment adds to it
/// (the address is then unrelated).</param>
internal sealed partial record Operand(ulong Address, bool IsLost)
{
    private const ulong Unrelated = 0x7fff_0000;

    private static readonly Dictionary<string, ulong> s_values =
        ((string[])["r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi", "rsp"])
        .Index().ToDictionary(pair => pair.Item, pair => 0x10_0000_0000UL + ((ulong)pair.Index * 0x1_1357_9bd3));

    public static UserRegisters Registers { get; } = Hits.Registers with
    {
        R15 = s_values["r15"], R14 = s_values["r14"], R13 = s_values["r13"], R12 = s_values["r12"], Rbp = s_values["rbp"],
        Rbx = s_values["rbx"], R11 = s_values["r11"], R10 = s_values["r10"], R9 = s_values["r9"], R8 = s_values["r8"],
        Rax = s_values["rax"], Rcx = s_values["rcx"], Rdx = s_values["rdx"], Rsi = s_values["rsi"], Rdi = s_values["rdi"],
        Rsp = s_values["rsp"],
    };

    /// <summary>Null where there is no such operand, no access, no falling through, or where an implicit operand or a
    /// bit offset comes in as well: StepTests has those.</summary>
    public static Operand? Parse(string text, ulong next)
    {
        Match operand = Brackets().Match(text);
        string inner = operand.Groups["inner"].Value;
        return operand.Success && !OutOfScope().IsMatch(text)
            ? operand.Groups["segment"].Success ? new Operand(Unrelated, true) : new Operand(Evaluate(inner, next), Overwrites(text, inner))
            : null;
    }

    private static ulong Evaluate(string inner, ulong next)
    {
        ulong sum = 0;
        bool is32 = false;
        foreach (Match term in Terms().Matches(inner))
        {
            string name = term.Groups["name"].Value;
            ulong scale = term.Groups["scale"].Success ? ulong.Parse(term.Groups["scale"].Value) : 1;
            is32 |= name[0] == 'e';
            ulong value = name == "rip" ? next
                : name.StartsWith("0x") ? ulong.Parse(name[2..], NumberStyles.HexNumber)
                : s_values.GetValueOrDefault(name[0] == 'e' ? "r" + name[1..] : name);
            sum += term.Groups["sign"].Value == "-" ? 0 - (value * scale) : value * scale;
        }

        return is32 ? (uint)sum : sum;
    }

    private static bool Overwrites(string text, string inner)
    {
        IEnumerable<string> used = Names().Matches(inner).Select(match => Family(match.Value));
        string written = text.Contains("cmpxchg") ? "rax"
            : text.Contains("xchg") || text.Contains("xadd") ? text[(text.LastIndexOf(',') + 1)..]
            : FirstRegister().Match(text).Groups["register"].Value;
        return used.Contains(Family(written));
    }

    /// <summary>One name for a register of any width: rax, eax, ax and al are "a".</summary>
    private static string Family(string register) => register.Trim() switch
    {
        ['r', >= '0' and <= '9', ..] name => name.TrimEnd('d', 'w', 'b'),
        ['r' or 'e', .. string rest] => rest.TrimEnd('x'),
        string name => name.TrimEnd('x', 'l', 'h'),
    };

    [GeneratedRegex(@"(?<segment>[fg]s:)?\[(?<inner>[^\]]+)\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Brackets();

    [GeneratedRegex("[a-z][a-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Names();

    [GeneratedRegex(@"(?<sign>[+-]?)(?<name>[a-z0-9]+)(\*(?<scale>\d))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Terms();

    [GeneratedRegex(
        @"^(lea|nop|data16|cs nop|jmp|call|bnd|notrack|push|pop|enter|prefetch|f?xsave|fxsave)"
        + @"|^bt[scr]?\s+\S+ PTR [^,]*,[a-z]|es:\[|ds:\[rsi",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OutOfScope();

    [GeneratedRegex(
        @"^(?!cmp|test|mul|div|idiv|pcmp|lock|bt)\S+\s+(?<register>[a-z0-9]+),", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FirstRegister();
}
