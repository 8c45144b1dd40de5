// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Agent.Wire;

/// <summary>enum lw_wire_kind of native/liblivewatcher/src/wire.h; tests compile it and compare.</summary>
internal enum WireKind : uint
{
    LW_WIRE_HELLO = 1,
    LW_WIRE_SET = 2,
    LW_WIRE_RESET = 3,
    LW_WIRE_DUMP = 4,
    LW_WIRE_INFO = 5,
    LW_WIRE_BACKTRACE = 6,
    LW_WIRE_MARK = 7,
    LW_WIRE_SETTING = 8,
    LW_WIRE_CONTROL = 9,
    LW_WIRE_RECOVERED = 32,
    LW_WIRE_ARMED = 33,
    LW_WIRE_PREPARED = 34,
    LW_WIRE_ANSWER = 64,
    LW_WIRE_PREPARE = 65,
}

/// <summary>enum lw_wire_setting.</summary>
internal enum WireSetting : uint
{
    LW_WIRE_IGNORE_HWBP_SIGTRAP = 1,
    LW_WIRE_RECORD_WATCHER = 2,
    LW_WIRE_UBACKTRACE_DETAIL = 3,
}

/// <summary>The limits and flags of wire.h.</summary>
internal static class WireConstants
{
    internal const uint LW_WIRE_VERSION = 1;
    internal const int LW_WIRE_TEXT = 512;
    internal const int LW_WIRE_WATCHERS = 4;
    internal const int LW_WIRE_REGISTERS = 21;

    /// <summary>In a SET.</summary>
    internal const uint LW_WIRE_CHANGE_ONLY = 1;

    /// <summary>In the answer to a HELLO.</summary>
    internal const uint LW_WIRE_WANTS_HANDLER = 1;

    /// <summary>In a PREPARE: at a single-step trap.</summary>
    internal const uint LW_WIRE_PREPARE_STEP = 1;

    /// <summary>In a PREPARE: the library shall swallow stray SIGTRAPs.</summary>
    internal const uint LW_WIRE_PREPARE_HANDLER = 2;

    /// <summary>No errno is higher (MAX_ERRNO of the kernel).</summary>
    internal const int MostErrno = 4095;

    /// <summary>In the answer to a CONTROL: more of it follows.</summary>
    internal const uint LW_WIRE_MORE = 2;
}
