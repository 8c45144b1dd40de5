// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Symbols.Interop;

/// <summary>The build-id note of an ELF file.</summary>
internal static class ElfBuildId
{
    /// <summary>Empty where the file has none; null where it is no ELF file or a damaged one.</summary>
    public static unsafe byte[]? Read(SafeFileHandle file)
    {
        var elf = ElfNative.OpenForReading((int)file.DangerousGetHandle());
        if (elf == 0)
        {
            return null;
        }

        var length = DwflNative.BuildId(elf, out var bits);
        var id = length < 0 ? null : new ReadOnlySpan<byte>((void*)bits, (int)length).ToArray();
        _ = ElfNative.End(elf);
        return id;
    }

    /// <summary>Of an open ELF, hexadecimal; null where it has none.</summary>
    public static unsafe string? Of(nint elf)
    {
        nint length = elf == 0 ? 0 : DwflNative.BuildId(elf, out nint bits) is var found && found > 0 && bits != 0 ? found : 0;
        if (length == 0)
        {
            return null;
        }

        DwflNative.BuildId(elf, out nint start);
        return Convert.ToHexStringLower(new ReadOnlySpan<byte>((void*)start, (int)length));
    }
}
