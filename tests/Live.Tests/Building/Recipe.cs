// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Live.Tests.Building;

public enum Linking
{
    /// <summary>Position-independent executable, the default of today's distributions.</summary>
    Pie,

    NoPie,

    SharedLibrary,
}

/// <summary>How one program is built. Equal recipes are built once.</summary>
/// <param name="Sources">File names in programs/; .cpp makes it C++.</param>
internal sealed record Recipe(params string[] Sources)
{
    public string Name { get; init; } = Path.GetFileNameWithoutExtension(Sources[0]);

    /// <summary>gcc or clang; the C++ driver of the same family where a source is C++.</summary>
    public string Compiler { get; init; } = "gcc";

    public string Optimization { get; init; } = "-O2 -fomit-frame-pointer";

    public Linking Linking { get; init; } = Linking.Pie;

    /// <summary>Further flags, separated by blanks.</summary>
    public string Extra { get; init; } = "";

    /// <summary>A shared library it is linked with, which goes into the same folder.</summary>
    public Recipe? Library { get; init; }

    public bool Stripped { get; init; }

    public bool IsCpp => Sources.Any(source => source.EndsWith(".cpp", StringComparison.Ordinal));

    public string FileName => Linking == Linking.SharedLibrary ? $"lib{Name}.so" : Name;

    public string Driver => (Compiler, IsCpp) switch
    {
        ("gcc", true) => "g++",
        (_, true) => Compiler + "++",
        _ => Compiler,
    };

    public IReadOnlyList<string> Flags =>
    [
        IsCpp ? "-std=c++20" : "-std=gnu11", "-D_GNU_SOURCE", "-g", "-Wall", "-Wextra", "-Werror", "-pthread",
        .. Words(Optimization),
        .. Linking switch
        {
            Linking.Pie => ["-fPIE", "-pie"],
            Linking.NoPie => ["-fno-pie", "-no-pie"],
            _ => new[] { "-fPIC", "-shared", $"-Wl,-soname,{FileName}" },
        },
        .. Words(Extra),
    ];

    public override string ToString() => $"{FileName} by {Driver} {Optimization} {Linking}";

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
