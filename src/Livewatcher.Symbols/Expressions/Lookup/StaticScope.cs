// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Naming;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>The function around a static variable.</summary>
/// <param name="Path">With its scopes, without parameters.</param>
/// <param name="Signature">With parameter types where it is C++.</param>
internal readonly record struct StaticScope(string Path, string Signature)
{
    internal static StaticScope Of(IndexEntry entry, ILoadedModule module)
    {
        if (entry.Function.Name is not null)
        {
            string path = entry.Scope.Short;
            return new(path, entry.Function.LinkageName is null ? path : FunctionNames.Of(entry.Function, null) ?? path);
        }

        // clang keeps the static variables of a function that it has inlined everywhere in a function without a name, but the
        // symbol tells: _ZZ4funcvE4name in C++, func.name in C.
        string? symbol = Definition.Of(entry, module) is { Location: { Problem: null, IsThreadLocal: false, Value: var value } }
            && new Address(unchecked(value + module.DwarfBias)) is var address && module.SymbolAt(address) is { } found && found.Address == address
            ? found.Name
            : null;
        if (symbol is not null && Demangler.IsMangled(symbol))
        {
            string signature = CxxName.SplitLast(Demangler.Demangle(symbol)).Scope;
            return new(WithoutParameters(signature), signature);
        }

        string name = symbol?.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? symbol[..dot] : "?";
        return new(name, name);
    }

    private static string WithoutParameters(string signature)
    {
        var result = new StringBuilder(signature.Length);
        int depth = 0;
        for (int i = 0; i < signature.Length; i++)
        {
            bool isNamespace = signature.AsSpan(i).StartsWith(Types.ScopePath.Anonymous);
            depth += signature[i] == '(' && !isNamespace ? 1 : 0;
            if (isNamespace)
            {
                result.Append(Types.ScopePath.Anonymous);
                i += Types.ScopePath.Anonymous.Length - 1;
            }
            else if (depth == 0)
            {
                result.Append(signature[i]);
            }
            else
            {
                depth -= signature[i] == ')' ? 1 : 0;
            }
        }

        return result.Replace(" const", "").ToString();
    }
}
