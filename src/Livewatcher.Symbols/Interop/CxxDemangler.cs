// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using System.Text;

namespace Livewatcher.Symbols.Interop;

/// <summary>__cxa_demangle (Itanium C++ ABI, 3.4) of the C++ library that is installed.</summary>
internal static unsafe class CxxDemangler
{
    private static readonly string[] Libraries = ["libstdc++.so.6", "libc++abi.so.1"];

    private static readonly delegate* unmanaged<byte*, byte*, nuint*, int*, byte*> Function = Load();

    /// <summary>The name as C++ writes it; null where it is no mangled name, or where no C++ library is installed.</summary>
    public static string? Demangle(string name)
    {
        if (Function == null)
        {
            return null;
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, bytes);
        fixed (byte* mangled = bytes)
        {
            int status;
            var text = Function(mangled, null, null, &status);
            if (text == null)
            {
                return null;
            }

            // The caller frees the text by free(3), which is what NativeMemory.Free calls.
            var result = Marshal.PtrToStringUTF8((nint)text);
            NativeMemory.Free(text);
            return result;
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
