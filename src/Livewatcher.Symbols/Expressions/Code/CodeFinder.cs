// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Expressions.Code;

/// <summary>Finds the instruction of an execution breakpoint: FUNCTION, FUNCTION+OFFSET, FILE:LINE or an address.</summary>
internal sealed partial class CodeFinder(TargetView view, ModuleIndexes indexes, Func<Address, string?> nameOf)
{
    internal CodePlace Find(string text)
    {
        text = text.Trim(' ', '\t');
        if (text.Length is 0 or > ExpressionParser.MaximumLength || text.Any(char.IsControl))
        {
            throw new RefusalException("a breakpoint takes a function, FILE:LINE or an address");
        }

        if (char.IsAsciiDigit(text[0]) && Constants.Number(text, 0) is { Kind: TokenKind.Number } number && number.End == text.Length)
        {
            return AtAddress(new Address(number.Number));
        }

        if (Line().Match(text) is { Success: true } line && int.TryParse(line.Groups["line"].Value, out int wanted))
        {
            return new LineFinder(view, indexes).Find(line.Groups["file"].Value.Trim('\''), wanted);
        }

        var functions = new FunctionFinder(view, indexes);
        if (Offset().Match(text) is { Success: true } offset && Constants.Number(offset.Groups["offset"].Value, 0) is { Kind: TokenKind.Number } distance)
        {
            return Inside(functions.Find(offset.Groups["name"].Value.TrimEnd()), distance.Number, text);
        }

        FoundFunction function = functions.Find(text);
        CheckExecutable(function.Address, text);
        return new(function.Address, $"entry of {function.Name}{(function.Note is null ? "" : $"; {function.Note}")}");
    }

    private CodePlace AtAddress(Address address)
    {
        CheckExecutable(address, address.ToString());
        ILoadedModule? module = view.Modules.FirstOrDefault(m => address >= m.Start && address < m.End);
        if (module?.SymbolAt(address) is { } symbol && address - symbol.Address < symbol.Size)
        {
            CheckBoundary(symbol.Address, address, address.ToString());
        }

        return new(address, nameOf(address) is { } name ? $"in {name}" : null);
    }

    private CodePlace Inside(FoundFunction function, ulong offset, string text)
    {
        if (function.Size > 0 && offset >= function.Size)
        {
            throw new RefusalException($"{text} is behind the end of {function.Name}, which has {function.Size} bytes");
        }

        Address address = function.Address + offset;
        CheckExecutable(address, text);
        CheckBoundary(function.Address, address, text);
        return new(address, $"in {function.Name}{(function.Note is null ? "" : $"; {function.Note}")}");
    }

    private void CheckExecutable(Address address, string text)
    {
        IReadOnlyList<Mapping> mappings = view.Process.ReadMappings();
        if (mappings.Count > 0 && !mappings.Any(m => m.Executable && address >= m.Start && address < m.End))
        {
            throw new RefusalException($"{text} is at {address}, which is not executable memory");
        }
    }

    /// <summary>A breakpoint inside an instruction would wait for ever.</summary>
    private void CheckBoundary(Address function, Address address, string text)
    {
        if (InstructionBoundary.Before(view, function, address) is { } start && start != address)
        {
            throw new RefusalException($"{text} is inside the instruction at {start} and would never be reached");
        }
    }

    [GeneratedRegex(@"^(?<file>.*[^:]):(?<line>\d{1,9})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"^(?<name>.*[^+])\+\s*(?<offset>0[xX][0-9a-fA-F]+|\d+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Offset();
}
