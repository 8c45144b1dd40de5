// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Modules;

/// <summary>Symbols as nm(1) lists them, at the addresses where gdb finds them.</summary>
public sealed class SymbolsOfFilesTests
{
    private const string Source = """
        int g_data = 1;
        static long s_bss;
        _Thread_local char t_pad[24];
        _Thread_local int t_value = 5;
        __attribute__((noinline)) int work(int n) { return n + (int)s_bss + t_value + t_pad[n]; }
        int main(int argc, char **argv) { (void)argv; s_bss = argc; return work(argc) == 1000; }
        """;

    [Theory]
    [InlineData("-pie", "-fPIE")]
    [InlineData("-no-pie", "-fno-pie")]
    [InlineData("-static", "-fno-pie")]
    public void NamesAddressesAndSizesAreRight(string link, string code)
    {
        using var workshop = new Workshop();
        var program = workshop.Build("gcc", "syms", ["-g", "-O1", link, code], workshop.Write("syms.c", Source));
        using var gdb = new Gdb(program);
        gdb.RunTo("main");
        using var modules = new ModuleMap(new ProcTarget(gdb.ProcessId), SymbolOptions.Default, new Warnings());
        modules.Refresh().Should().BeTrue();

        var main = modules.Modules.Single(module => module.IsMainProgram);
        main.Name.Should().Be("syms");
        main.Path.Should().Be(program);
        main.Dwarf.Should().NotBe(0);
        var found = main.Symbols.GroupBy(symbol => symbol.Name).ToDictionary(group => group.Key, group => group.First());
        foreach (var line in Shell.Run("nm", "-S", program).Split('\n'))
        {
            if (line.Split(' ') is [var value, var size, var kind, var name] && name is "g_data" or "s_bss" or "work" or "main" or "t_value")
            {
                var symbol = found[name];
                symbol.Size.Should().Be(Hex(size));
                symbol.Address.Value.Should().Be(name == "t_value" ? Hex(value) : Hex(value) + main.Bias);
                symbol.Binding.Should().Be(char.IsUpper(kind[0]) ? ElfSymbol.Global : ElfSymbol.Local);
                if (name != "t_value")
                {
                    symbol.Address.Value.Should().Be(Hex(gdb.Ask($"printf \"%lx\\n\", (long)&{name}").Trim()));
                    main.SymbolAt(symbol.Address + (symbol.Size - 1)).Should().Be(symbol);
                }
            }
        }

        found.Should().ContainKeys("g_data", "s_bss", "work", "main", "t_value");
        found["t_value"].Type.Should().Be(ElfSymbol.ThreadLocal);
    }

    [Fact]
    public void TextIsReadFromTheFileAndWritableDataIsNot()
    {
        using var workshop = new Workshop();
        var program = workshop.Build("gcc", "syms", ["-g", "-O1"], workshop.Write("syms.c", Source));
        using var gdb = new Gdb(program);
        gdb.RunTo("main");
        var target = new ProcTarget(gdb.ProcessId);
        using var modules = new ModuleMap(target, SymbolOptions.Default, new Warnings());
        modules.Refresh();
        var main = modules.Modules.Single(module => module.IsMainProgram);
        var work = main.Symbols.First(symbol => symbol.Name == "work");
        var inMemory = new byte[work.Size];
        target.TryRead(work.Address, inMemory).Should().BeTrue();
        var inFile = new byte[work.Size];

        main.TryReadFile(work.Address, inFile).Should().BeTrue();

        inFile.Should().Equal(inMemory);
        main.TryReadFile(main.Symbols.First(symbol => symbol.Name == "g_data").Address, inFile.AsSpan(0, 4)).Should().BeFalse();
        main.TryReadFile(main.Start - 1, inFile).Should().BeFalse();
        main.TryReadFile(new Address(ulong.MaxValue - 3), inFile).Should().BeFalse();
        main.TryReadFile(main.Start, new byte[1 << 20]).Should().BeFalse();
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
