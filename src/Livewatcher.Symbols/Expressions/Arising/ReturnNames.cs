// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>What a function gives back, $ret; it has nothing else any more.</summary>
/// <param name="code">The function.</param>
/// <param name="later">Takes where it is.</param>
/// <param name="reader">Reads its type.</param>
internal sealed class ReturnNames(FrameCode code, LaterMemory later, TypeReader reader) : ILocalNames
{
    internal const string Result = "$ret";

    /// <inheritdoc/>
    public FoundVariable? Find(QualifiedName name)
    {
        if (name is not { File: null, Scope: "", Name: Result })
        {
            return null;
        }

        if (!code.Die.IsValid)
        {
            throw new RefusalException($"{code.Module.Name} has no debug information for {code.Function.Name}: what it returns nobody says");
        }

        DataType type = code.Die.Type is { } result ? reader.Read(result) : DataType.Void;
        return type.Plain.Kind is TypeKind.Pointer or TypeKind.Reference
            ? new(type, code.Module, later.InRegister(X64.Rax), IsThreadLocal: false, null)
            : throw new RefusalException($"{code.Function.Name} returns {type}: {Result} leads to an object where it is a pointer or a reference");
    }

    /// <summary>Said where a name is nobody's.</summary>
    internal string Describe() => $"at the return of {code.Function.Name} there is {Result}, and its variables are gone";
}
