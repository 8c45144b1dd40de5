// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;

namespace Livewatcher.Symbols.Tests.Unwinding;

/// <summary>Compares a stack with what gdb and addr2line say of the same process.</summary>
internal static class StackCheck
{
    /// <summary>Unwinds the thread on which gdb stands and compares.</summary>
    /// <param name="gdb">Stopped.</param>
    /// <param name="minimumFrames">So that two empty answers do not agree.</param>
    /// <param name="withAddr2Line">False where addr2line falls short: it does not read .dwo files, and takes lambdas for
    /// the function around them.</param>
    public static CallStack AgreesWithTools(Gdb gdb, int minimumFrames, bool withAddr2Line = true)
    {
        var target = gdb.Target;
        using var symbols = new TargetSymbols(target);
        var stack = symbols.Unwind(gdb.Capture());
        stack.CutShort.Should().BeNull();
        AgreesWithGdb(stack, gdb, minimumFrames);
        if (withAddr2Line)
        {
            NamesAreRight(stack, target);
        }

        return stack;
    }

    /// <summary>Addresses of all frames; names and lines of all but the innermost, whose line gdb takes from the
    /// instruction that comes next.</summary>
    public static void AgreesWithGdb(CallStack stack, Gdb gdb, int minimumFrames)
    {
        var expected = gdb.Frames();
        expected.Should().HaveCountGreaterThanOrEqualTo(minimumFrames);
        stack.Frames.Select(frame => (frame.Address.Value, frame.Inlined))
            .Should().Equal(expected.Select(frame => (frame.Pc, frame.Inlined)));
        stack.Frames.Skip(1).Where((_, index) => expected[index + 1].Line > 0).Select(Shorten)
            .Should().Equal(expected.Skip(1).Where(frame => frame.Line > 0).Select(Shorten));
    }

    /// <summary>Each frame of a file with debug information, and those inlined into it, against addr2line.</summary>
    public static void NamesAreRight(CallStack stack, ProcTarget target)
    {
        var mappings = target.ReadMappings();
        var checkedFrames = 0;
        for (var i = 0; i < stack.Frames.Count;)
        {
            var interrupted = i > 0 && stack.Frames[i - 1].Function == "<signal handler called>";
            List<Frame> group = [];
            do
            {
                group.Add(stack.Frames[i]);
            }
            while (stack.Frames[i++].Inlined);

            var pc = group[0].Address;
            var mapping = mappings.First(entry => entry.Start <= pc && pc < entry.End);
            if (!File.Exists(mapping.Path) || !HasDebugInfo(mapping.Path))
            {
                continue;
            }

            var expected = Addr2Line.At(mapping.Path, FileAddress(mapping, interrupted ? pc.Value : pc.Value - 1));
            if (expected[0].Line == 0)
            {
                continue;
            }

            group.Select(Shorten).Should().Equal(expected.Select(Shorten));
            checkedFrames++;
        }

        checkedFrames.Should().BeGreaterThan(0);
    }

    /// <summary>The p_vaddr of an address, by readelf(1).</summary>
    public static ulong FileAddress(Mapping mapping, ulong address)
    {
        var offset = mapping.FileOffset + (address - mapping.Start.Value);
        foreach (var line in Shell.Run("readelf", "-lW", mapping.Path).Split('\n'))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields is ["LOAD", var fileOffset, var virtualAddress, _, var fileSize, ..]
                && offset >= Hex(fileOffset) && offset < Hex(fileOffset) + Hex(fileSize))
            {
                return offset - Hex(fileOffset) + Hex(virtualAddress);
            }
        }

        throw new InvalidOperationException($"{mapping.Path} has no segment with offset {offset:x}");

        static ulong Hex(string text) => Convert.ToUInt64(text, 16);
    }

    private static bool HasDebugInfo(string path) =>
        Shell.Run("readelf", "-SW", path).Contains(".debug_info", StringComparison.Ordinal);

    /// <summary>addr2line writes no parameters where it takes the name from DWARF, so names count up to those.</summary>
    private static string Shorten(Frame frame) => $"{Bare(frame.Function!)} {Path.GetFileName(frame.File ?? "/none")}:{frame.Line}";

    private static string Shorten(GdbFrame frame) => $"{Bare(frame.Name)} {Path.GetFileName(frame.File)}:{frame.Line}";

    private static string Shorten(NamedLine line) => $"{Bare(line.Function)} {Path.GetFileName(line.File)}:{line.Line}";

    /// <summary>The last name outside of all brackets, without parameters and template arguments: f of
    /// "int a::b(int)::{lambda(int)#1}::f&lt;int&gt;(char) const".</summary>
    private static string Bare(string function)
    {
        var text = function.Replace("(anonymous namespace)", "anonymous", StringComparison.Ordinal)
            .Replace("operator()", "operator", StringComparison.Ordinal);
        text = text.EndsWith(" const", StringComparison.Ordinal) ? text[..^" const".Length] : text;
        StringBuilder name = new();
        var depth = 0;
        foreach (var c in text)
        {
            depth -= c is ')' or '>' or '}' ? 1 : 0;
            if (depth == 0 && c is ':' or ' ')
            {
                name.Clear();
            }
            else if (depth == 0 && (char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '$' or '~'))
            {
                name.Append(c);
            }

            depth += c is '(' or '<' or '{' ? 1 : 0;
        }

        return name.ToString();
    }
}
