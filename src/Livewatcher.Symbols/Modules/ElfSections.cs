// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Modules;

/// <summary>Sections by name.</summary>
internal static class ElfSections
{
    public static bool Has(nint elf, string name)
    {
        if (elf == 0 || ElfNative.GetSectionNames(elf, out var names) != 0)
        {
            return false;
        }

        for (nint section = 0; (section = ElfNative.NextSection(elf, section)) != 0;)
        {
            if (ElfNative.GetSectionHeader(section, out var header) != 0
                && DwarfText.Read(ElfNative.GetString(elf, names, header.Name)) == name)
            {
                return true;
            }
        }

        return false;
    }
}
