// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Instructions;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>A piece of assembler code, linked at a fixed address, with objdump's listing of it.</summary>
public sealed class Sample : IDisposable
{
    private readonly string _folder = Tools.NewFolder();

    public Sample()
        : this(SpecialProgram.Source)
    {
    }

    internal Sample(string source, bool is32 = false)
    {
        string path = Path.Combine(_folder, "sample");
        File.WriteAllText(path + ".s", source);
        Tools.Run("as", is32 ? "--32" : "--64", path + ".s", "-o", path + ".o");
        Tools.Run("ld", "-m", is32 ? "elf_i386" : "elf_x86_64", "-e", "caller", path + ".o", "-o", path);
        Module = new TestModule(path);
        Listing = new Listing(path);
    }

    internal TestModule Module { get; }

    internal Listing Listing { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal InstructionFinder Finder(Func<ThreadId, Address?>? threadPointer = null) => new(Module, _ => Module, null, threadPointer);

    /// <summary>Address of the n-th instruction of a function.</summary>
    internal ulong At(string function, int index) => Listing.Function(function)[index].Address;

    /// <summary>Registers right after the n-th instruction of a function, had it fallen through.</summary>
    internal UserRegisters After(string function, int index) => Hits.Registers with { Rip = At(function, index + 1) };
}
