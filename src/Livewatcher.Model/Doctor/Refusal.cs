// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>The kernel or the loader has said no.</summary>
/// <param name="What">The operation, as perf_event_open(2).</param>
/// <param name="Error">errno's name with its meaning, or the loader's words.</param>
/// <param name="Kind">What sort of no.</param>
public sealed record Refusal(string What, string Error, RefusalKind Kind)
{
    public override string ToString() => $"{What}: {Error}";
}

/// <summary>What a refusal's error number means to somebody who wants to mend it.</summary>
public enum RefusalKind
{
    /// <summary>EPERM, EACCES.</summary>
    Permission,

    /// <summary>ENOSPC of a breakpoint: every debug register is taken.</summary>
    NoSlot,

    /// <summary>ENOMEM, or EPERM of locked memory.</summary>
    Memory,

    /// <summary>A shared library is not installed.</summary>
    MissingLibrary,

    /// <summary>Something that only the error itself can tell.</summary>
    Other,
}
