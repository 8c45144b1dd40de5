// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Expressions.Syntax;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>Variables that are a function's own, looked for before all others.</summary>
internal interface ILocalNames
{
    /// <returns>Null for what is no local variable.</returns>
    /// <exception cref="RefusalException">It is one, and cannot be had.</exception>
    FoundVariable? Find(QualifiedName name);
}
