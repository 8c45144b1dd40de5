// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Live.Tests.Running;

/// <summary>What is different in the emulated machine of tools/vm: everything takes longer, and the reader of the ring falls behind
/// programs that do nothing but hit.</summary>
internal static class Emulation
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("LW_EMULATED") == "1";

    public static int Slowness => IsOn ? 6 : 1;

    /// <summary>Fewer rounds of the same.</summary>
    public static int Choose(int usually, int emulated) => IsOn ? emulated : usually;

    /// <summary>An emulated hit takes so long that the flood limit would bite where it never does elsewhere.</summary>
    public static IReadOnlyList<string> Options(IReadOnlyList<string> given) => !IsOn ? [] :
    [
        .. given.Contains("--ring") || given.Contains("--backend") ? (string[])[] : ["--ring", "128M"],
        .. given.Contains("--max-cpu") ? (string[])[] : ["--max-cpu", "off"],
    ];
}
