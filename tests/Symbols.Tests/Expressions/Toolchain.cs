// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>One way to compile a sample.</summary>
/// <param name="Compiler">gcc or clang; for C++ its sibling is taken.</param>
/// <param name="Level">-O0 or -O2.</param>
/// <param name="Dwarf">4 or 5.</param>
/// <param name="IsPie">Position-independent program.</param>
public sealed record Toolchain(string Compiler, string Level, int Dwarf, bool IsPie)
{
    /// <summary>Both compilers, with and without optimisation, both DWARF versions, both kinds of program.</summary>
    public static IEnumerable<Toolchain> All =>
        from compiler in (string[])["gcc", "clang"]
        from level in (string[])["-O0", "-O2"]
        from dwarf in (int[])[4, 5]
        from pie in (bool[])[true, false]
        select new Toolchain(compiler, level, dwarf, pie);

    /// <summary>Half of them, such that every two choices meet.</summary>
    public static IEnumerable<Toolchain> Pairs => All.Where(t => (t.Level == "-O0") == ((t.Dwarf == 4) != t.IsPie));

    public static Toolchain Default { get; } = new("gcc", "-O0", 5, true);

    internal string Cxx => Compiler == "gcc" ? "g++" : "clang++";

    internal string[] Compile => [Level, $"-gdwarf-{Dwarf}", IsPie ? "-fPIE" : "-fno-pie"];

    internal string Link => IsPie ? "-pie" : "-no-pie";

    public override string ToString() => $"{Compiler} {Level} dwarf-{Dwarf} {(IsPie ? "pie" : "no-pie")}";
}
