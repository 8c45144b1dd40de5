// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What a debug register waits for. The values are those of DR7's R/W field (Intel SDM vol. 3, 18.2.4)
/// and of LW_MODE_* in livewatcher.h. x86 has no read-only mode.</summary>
public enum AccessMode
{
    Execute = 0,
    Write = 1,
    Access = 3,
}

public static class AccessModeWords
{
    /// <summary>The word the user reads and the JSON schema fixes: execute, write or access.</summary>
    public static string Word(this AccessMode mode) => mode switch
    {
        AccessMode.Execute => "execute",
        AccessMode.Write => "write",
        _ => "access",
    };
}
