// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
using Xunit;

namespace Livewatcher.Symbols.Tests.Modules;

/// <summary>Which symbol an address belongs to.</summary>
public sealed class SymbolTableTests
{
    private static readonly SymbolTable Table = new(
    [
        Symbol("tls", 0x1000, 8, ElfSymbol.ThreadLocal),
        Symbol("label", 0x3000, 0, ElfSymbol.NoType),
        Symbol("outer", 0x1000, 0x100),
        Symbol("inner", 0x1040, 0x10),
        Symbol("weak_alias", 0x1200, 0x20, binding: ElfSymbol.Weak),
        Symbol("local_alias", 0x1200, 0x20, binding: ElfSymbol.Local),
        Symbol("global_alias", 0x1200, 0x20),
        Symbol("last", ulong.MaxValue - 0xf, 0x100),
    ]);

    [Theory]
    [InlineData(0xfff, null)]
    [InlineData(0x1000, "outer")]
    [InlineData(0x103f, "outer")]
    [InlineData(0x1040, "inner")]
    [InlineData(0x104f, "inner")]
    [InlineData(0x1050, "outer")]
    [InlineData(0x10ff, "outer")]
    [InlineData(0x1100, null)]
    [InlineData(0x1210, "global_alias")]
    [InlineData(0x1220, null)]
    [InlineData(0x3000, "label")]
    [InlineData(0x3fff, "label")]
    public void TheInnermostCoveringSymbolWins(ulong address, string? expected) =>
        Table.Find(new Address(address))?.Name.Should().Be(expected);

    [Fact]
    public void AnswersAreNullWhereNothingCovers() => Table.Find(new Address(0x1100)).Should().BeNull();

    [Fact]
    public void ThreadLocalSymbolsComeLastAndHaveNoAddress()
    {
        Table.Symbols[^1].Name.Should().Be("tls");
        Table.Symbols.Take(Table.Symbols.Count - 1).Should().BeInAscendingOrder(symbol => symbol.Address);
    }

    [Fact]
    public void AnEmptyTableHasNothing() => SymbolTable.Empty.Find(new Address(1)).Should().BeNull();

    private static ElfSymbol Symbol(
        string name, ulong address, ulong size, byte type = ElfSymbol.Function, byte binding = ElfSymbol.Global) =>
        new(name, new Address(address), size, type, binding);
}
