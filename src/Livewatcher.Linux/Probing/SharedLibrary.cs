// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Probing;

/// <summary>Whether this machine has a library. The runtime ends the process where it wants one that is not there.</summary>
public static class SharedLibrary
{
    /// <param name="names">Any of them will do: "libssl.so.3".</param>
    public static bool IsThere(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint handle))
                continue;
            NativeLibrary.Free(handle);
            return true;
        }

        return false;
    }
}
