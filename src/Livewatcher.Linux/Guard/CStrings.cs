// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using System.Text;

namespace Livewatcher.Linux.Guard;

/// <summary>A char *[] ending in NULL, as execve(2) takes it. Owns its memory.</summary>
internal sealed unsafe class CStrings : IDisposable
{
    private readonly byte** pointers;
    private readonly int count;

    internal CStrings(IReadOnlyList<string> values)
    {
        count = values.Count;
        pointers = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < count; i++)
            pointers[i] = Copy(values[i]);
    }

    internal byte** Pointer => pointers;

    internal static byte* Copy(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        byte* copy = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
        Encoding.UTF8.GetBytes(value, new Span<byte>(copy, length));
        return copy;
    }

    public void Dispose()
    {
        for (int i = 0; i < count; i++)
            NativeMemory.Free(pointers[i]);
        NativeMemory.Free(pointers);
    }
}
