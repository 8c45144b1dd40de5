// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Naming;

/// <summary>Writes the names of functions: for C the name, for C++ with scopes and parameter types.</summary>
internal static class FunctionNames
{
    private const int MaxParameters = 64;

    /// <param name="function">A DW_TAG_subprogram or DW_TAG_inlined_subroutine.</param>
    /// <param name="symbol">The ELF symbol at the function's start; null for inlined functions and stripped files.</param>
    public static string? Of(DwarfDie function, string? symbol)
    {
        if (function.LinkageName is { } linkage && Demangler.Demangle(linkage) is var demangled && !Demangler.IsMangled(demangled))
        {
            return DwarfText.Clean(demangled);
        }

        if (function.Name is not { } name)
        {
            return symbol is null ? null : OfSymbol(symbol);
        }

        // gcc writes a linkage name for what other units can see only (gcc/dwarf2out.cc, add_linkage_name).
        if (symbol is not null && !Demangler.IsMangled(symbol))
        {
            return name;
        }

        // What gcc 12 calls the parts of a coroutine is no name that a demangler takes.
        if (symbol is not null && OfSymbol(WithoutClone(symbol)) is var written && !Demangler.IsMangled(written))
        {
            return written;
        }

        var declaration = ScopePath.Declaration(function);
        return UnitLanguage.IsCxx(declaration.Unit) ? Write(declaration, name) : name;
    }

    /// <summary>The name of an ELF symbol, demangled.</summary>
    public static string OfSymbol(string symbol) => DwarfText.Clean(Demangler.Demangle(symbol));

    /// <summary>gcc appends .part.0, .constprop.1, .isra.2, .cold to copies of a function, llvm .llvm.123; mangled
    /// names have no dots.</summary>
    private static string WithoutClone(string symbol) =>
        symbol.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? symbol[..dot] : symbol;

    private static string Write(DwarfDie declaration, string name)
    {
        var scope = ScopePath.Join(ScopePath.Of(declaration), withTransparent: true);

        // A class without a name that can be called is what the compiler made of a lambda.
        scope = name == "operator()" ? scope.Replace("{...}", "{lambda}", StringComparison.Ordinal) : scope;
        var types = new TypeReader();
        List<string> parameters = [];
        foreach (var child in declaration)
        {
            var tag = child.Tag;
            if (parameters.Count == MaxParameters)
            {
                break;
            }

            if (tag == DwarfTag.UnspecifiedParameters)
            {
                parameters.Add("...");
            }
            else if (tag == DwarfTag.FormalParameter && !child.Flag(DwarfAt.Artificial))
            {
                parameters.Add(TypeNames.Write(types.Read(child.Type)));
            }
        }

        return $"{(scope.Length == 0 ? name : $"{scope}::{name}")}({string.Join(", ", parameters)})";
    }
}
