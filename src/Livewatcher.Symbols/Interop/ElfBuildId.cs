// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Interop;

/// <summary>The build-id note of an ELF file.</summary>
internal static class ElfBuildId
{
    /// <summary>Empty where the file has none; null where it is no ELF file or a damaged one.</summary>
    public static byte[]? Read(SafeFileHandle file)
    {
        var elf = ElfNative.OpenForReading((int)file.DangerousGetHandle());
        if (elf == 0)
        {
            return null;
        }

        var id = Of(elf);
        _ = ElfNative.End(elf);
        return id;
    }

    /// <summary>Of an open file.</summary>
    /// <param name="elf">libelf's Elf*, not 0.</param>
    public static unsafe byte[]? Of(nint elf)
    {
        var length = DwflNative.BuildId(elf, out var bits);
        return length < 0 ? null : new ReadOnlySpan<byte>((void*)bits, (int)length).ToArray();
    }
}
