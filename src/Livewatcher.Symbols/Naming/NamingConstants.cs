// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Naming;

/// <summary>DW_TAG_* and DW_AT_* (DWARF 5, tables 7.3 and 7.5) that only call stacks need.</summary>
internal static class NamingTag
{
    public const int InlinedSubroutine = 0x1d;
    public const int CatchBlock = 0x25;
    public const int TryBlock = 0x32;
}

internal static class NamingAt
{
    public const uint CallFile = 0x58;
    public const uint CallLine = 0x59;
}
