// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Expressions.Memory;

/// <summary>Finds thread-local variables (Drepper, ELF Handling For Thread-Local Storage, 3.4.6: variant II of x86-64 and i386).</summary>
internal static class ThreadLocalStorage
{
    /// <summary>NO_TLS_OFFSET of glibc: l_tls_offset of a module without a static place.</summary>
    private const ulong NoOffset = 0;

    /// <param name="view">The process.</param>
    /// <param name="module">The module that defines the variable.</param>
    /// <param name="offset">Its offset in the module's thread-local block.</param>
    /// <param name="thread">Whose.</param>
    /// <param name="variable">For the complaint.</param>
    internal static Address Locate(TargetView view, ILoadedModule module, ulong offset, ThreadChoice thread, string variable)
    {
        if (module.IsMainProgram)
        {
            return view.ImageOf(module).Tls is { } segment
                ? thread.Pointer - MainOffset(segment) + offset
                : throw new RefusalException($"{variable} is thread-local, but {module.Name} has no thread-local segment");
        }

        ulong? placed = StaticOffset(view, module);
        if (placed is { } fixedOffset and not NoOffset && fixedOffset != AllOnes(view))
        {
            return thread.Pointer - fixedOffset + offset;
        }

        ulong id = ModuleId(view, module)
            ?? throw new RefusalException($"{variable} is thread-local in {module.Name}, whose thread-local block cannot be found: "
                + "the C library does not describe its structures");
        return Block(view, id, thread) is { } block
            ? block + offset
            : throw new RefusalException(
                $"{thread} has not touched the thread-local variables of {module.Name} yet, so {variable} has no memory there", mayComeLater: true);
    }

    /// <summary>The main program's block ends at the thread pointer; the smallest distance that is not below its size and
    /// leaves the block aligned as in the file.</summary>
    internal static ulong MainOffset(TlsSegment segment)
    {
        ulong misplaced = unchecked(0 - segment.VirtualAddress - segment.Size) % segment.Alignment;
        return segment.Size + misplaced;
    }

    /// <summary>l_tls_offset, as glibc describes it for libthread_db; else from a filled R_X86_64_TPOFF64 or R_386_TLS_TPOFF.</summary>
    private static ulong? StaticOffset(TargetView view, ILoadedModule module)
    {
        if (LinkMapField(view, module, "l_tls_offset") is { } described)
        {
            return described;
        }

        foreach (Relocation relocation in Relocations.Entries(view, module).Where(r => r.Type == ShapeOf(view, module).TlsOffset))
        {
            // An addend that is lost was zero where there is a symbol: compilers name the variable itself.
            ulong? addend = relocation.Addend ?? (relocation.Symbol == 0 ? null : 0);
            if (SymbolValue(view, module, relocation) is { } value && addend is { } added && view.ReadWord(relocation.Place) is { } slot and not 0)
            {
                return unchecked(value + added - slot) & AllOnes(view);
            }
        }

        return null;
    }

    /// <summary>l_tls_modid, as glibc describes it; else from a filled R_X86_64_DTPMOD64 or R_386_TLS_DTPMOD32.</summary>
    private static ulong? ModuleId(TargetView view, ILoadedModule module)
    {
        if (LinkMapField(view, module, "l_tls_modid") is { } described)
        {
            return described == 0 ? null : described;
        }

        // Only glibc's vector is laid out as Block reads it.
        if (!view.Modules.Any(m => m.Name == "libc.so.6"))
        {
            return null;
        }

        return Relocations.Entries(view, module)
            .Where(r => r.Type == ShapeOf(view, module).TlsModule && SymbolValue(view, module, r) is not null)
            .Select(r => view.ReadWord(r.Place))
            .FirstOrDefault(id => id is > 0);
    }

    private static ulong? SymbolValue(TargetView view, ILoadedModule module, Relocation relocation) =>
        relocation.Symbol == 0 ? 0 : Relocations.OwnSymbolValue(view, module, relocation.Symbol);

    /// <summary>glibc tells libthread_db where its private fields are, in symbols _thread_db_STRUCT_FIELD of three 32-bit words:
    /// bits, elements, offset (nptl_db/db_info.c). Null without such a symbol.</summary>
    private static ulong? LinkMapField(TargetView view, ILoadedModule module, string field)
    {
        string name = $"_thread_db_link_map_{field}";
        foreach (ILoadedModule library in view.Modules.Where(m => m.Name.StartsWith("libc", StringComparison.Ordinal)
            || m.Name.StartsWith("libpthread", StringComparison.Ordinal) || m.IsMainProgram))
        {
            foreach (ElfSymbol symbol in library.Symbols)
            {
                if (symbol.Name == name)
                {
                    return view.LinkMapOf(module) is { } entry
                        && view.ReadUnsigned(symbol.Address, 4) is { } bits && bits == (ulong)view.PointerSize * 8
                        && view.ReadUnsigned(symbol.Address + 8, 4) is { } offset
                        ? view.ReadWord(entry.Self + offset)
                        : null;
                }
            }
        }

        return null;
    }

    /// <summary>The thread's block of a module, from its dynamic thread vector; null where it is not allocated.</summary>
    private static Address? Block(TargetView view, ulong id, ThreadChoice thread)
    {
        // tcbhead_t: the thread's own address, then the vector. An entry of it, dtv_t, has two words; the first word of the
        // entry before the vector's start is its length. TLS_DTV_UNALLOCATED is all ones.
        ulong word = (ulong)view.PointerSize;
        return view.ReadWord(thread.Pointer + word) is { } vector and not 0
            && view.ReadWord(new Address(vector) - (2 * word)) is { } length && id <= length
            && view.ReadWord(new Address(vector) + (id * 2 * word)) is { } block and not 0 && block != AllOnes(view)
            ? new Address(block)
            : null;
    }

    private static RelocationShape ShapeOf(TargetView view, ILoadedModule module) => RelocationShape.Of(view.ImageOf(module).Shape);

    /// <summary>The largest word: FORCED_DYNAMIC_TLS_OFFSET of glibc, too.</summary>
    private static ulong AllOnes(TargetView view) => view.PointerSize == sizeof(uint) ? uint.MaxValue : ulong.MaxValue;
}
