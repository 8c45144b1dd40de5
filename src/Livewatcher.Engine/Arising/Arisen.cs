// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arising;

/// <summary>The frame or block that a watch is armed on.</summary>
/// <param name="Base">The frame's CFA, or the block.</param>
/// <param name="Thread">Whose frame, or who has allocated it.</param>
internal readonly record struct Arisen(ulong Base, ThreadId Thread);
