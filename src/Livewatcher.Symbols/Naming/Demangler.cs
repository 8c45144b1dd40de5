// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using System.Text;

namespace Livewatcher.Symbols.Naming;

/// <summary>Demangles C++ names of the Itanium ABI by __cxa_demangle (Itanium C++ ABI, 3.4) of the C++ library that is
/// installed. Where there is none, names stay as the linker knows them.</summary>
internal static unsafe class Demangler
{
    /// <summary>Longer names cost the demangler too much, and nobody reads them.</summary>
    private const int MaxLength = 1 << 14;

    private static readonly string[] Libraries = ["libstdc++.so.6", "libc++abi.so.1"];

    private static readonly delegate* unmanaged<byte*, byte*, nuint*, int*, byte*> Function = Load();

    public static bool IsMangled(string name) => name.StartsWith("_Z", StringComparison.Ordinal);

    /// <summary>The name as C++ writes it, or the same text where it is no mangled name.</summary>
    public static string Demangle(string name)
    {
        if (Function == null || !IsMangled(name) || name.Length > MaxLength)
        {
            return name;
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, bytes);
        fixed (byte* mangled = bytes)
        {
            int status;
            var text = Function(mangled, null, null, &status);
            if (text == null)
            {
                return name;
            }

            var result = Marshal.PtrToStringUTF8((nint)text);
            NativeMemory.Free(text);
            return result is { Length: <= MaxLength } ? result : name;
        }
    }

    private static delegate* unmanaged<byte*, byte*, nuint*, int*, byte*> Load()
    {
        foreach (var library in Libraries)
        {
            if (NativeLibrary.TryLoad(library, out var handle)
                && NativeLibrary.TryGetExport(handle, "__cxa_demangle", out var address))
            {
                return (delegate* unmanaged<byte*, byte*, nuint*, int*, byte*>)address;
            }
        }

        return null;
    }
}
