// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>Hand-made frames.</summary>
internal static class Frames
{
    internal static Frame Of(string? function, string? module = "prog", bool inlined = false) =>
        new(new Address(0x401000), module, function, 0, null, 0, inlined);
}
