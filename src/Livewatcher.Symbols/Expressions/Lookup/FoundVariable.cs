// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>A variable and where it is.</summary>
/// <param name="Type">Its type; opaque where there is no debug information.</param>
/// <param name="Module">The module that defines it.</param>
/// <param name="Address">Target address; for a thread-local variable the offset in the module's block.</param>
/// <param name="IsThreadLocal">Which of the two.</param>
/// <param name="Note">What the user should know about the choice; null where there was none.</param>
internal sealed record FoundVariable(DataType Type, ILoadedModule Module, Address Address, bool IsThreadLocal, string? Note);
