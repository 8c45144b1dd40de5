// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Expressions.Code;

/// <summary>An instruction to wait for, and in words how it was found.</summary>
internal sealed record CodePlace(Address Address, string? Resolution);
