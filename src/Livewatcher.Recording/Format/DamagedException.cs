// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Recording.Format;

/// <summary>What is read cannot have been written by livewatcher.</summary>
internal sealed class DamagedException(string what) : Exception(what);
