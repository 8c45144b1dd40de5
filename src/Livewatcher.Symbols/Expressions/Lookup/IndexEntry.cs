// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>The scope of an entry, shared by all entries in it.</summary>
/// <param name="Full">With anonymous and inline namespaces.</param>
/// <param name="Short">Without them.</param>
internal sealed record ScopeNames(string Full, string Short)
{
    internal static ScopeNames Top { get; } = new("", "");

    internal ScopeNames Enter(ScopeStep step) => new(
        Full.Length == 0 ? step.Name : $"{Full}::{step.Name}",
        step.IsTransparent ? Short : Short.Length == 0 ? step.Name : $"{Short}::{step.Name}");

    internal static ScopeNames Of(DwarfDie die) => ScopePath.Of(die).Aggregate(Top, (scope, step) => scope.Enter(step));
}

/// <summary>A unit by its source file.</summary>
internal sealed record UnitFile(string Name, string? Folder);

/// <summary>A named entry of the debug information.</summary>
/// <param name="name">Its last name.</param>
/// <param name="die">The entry.</param>
/// <param name="unit">Its unit.</param>
/// <param name="scope">Null where it must be looked for: the entry only specifies another one, or is inside a function.</param>
/// <param name="function">For a function's static variable the function.</param>
internal sealed class IndexEntry(string name, DwarfDie die, UnitFile unit, ScopeNames? scope, DwarfDie function = default)
{
    private ScopeNames? _scope = scope;

    internal string Name => name;

    internal DwarfDie Die => die;

    internal UnitFile Unit => unit;

    internal DwarfDie Function => function;

    /// <summary>For an entry that only specifies another the scope is looked for when somebody asks.</summary>
    internal ScopeNames Scope => _scope ??= ScopeNames.Of(die);

    internal string Path => Scope.Short.Length == 0 ? name : $"{Scope.Short}::{name}";

    /// <summary>True where the file is the unit's or the one that declares the entry.</summary>
    internal bool IsIn(string file) => SourcePath.Matches(unit.Name, file) || (die.DeclarationFile is { } own && SourcePath.Matches(own, file));

    internal bool Matches(string wantedScope) => Matches(Scope, wantedScope);

    private static bool Matches(ScopeNames scope, string wanted) =>
        scope.Short == wanted || scope.Full == wanted
        || (wanted.Length > 0 && CxxName.Normalise(wanted) is var plain
            && (CxxName.Same(CxxName.Normalise(scope.Short), plain) || CxxName.Same(CxxName.Normalise(scope.Full), plain)));
}
