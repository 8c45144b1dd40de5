// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.ComponentModel;
using Livewatcher.Live.Tests.Processes;
using Xunit;

namespace Livewatcher.Live.Tests.Building;

/// <summary>32-bit programs, on machines whose kernel runs them.</summary>
internal static class ThirtyTwoBit
{
    private const int NotExecutable = 8; // ENOEXEC

    /// <summary>Writes a variable 100 times, and needs no C library.</summary>
    public static Recipe Bare { get; } =
        new("thirtytwo.c") { Optimization = "-O1", Linking = Linking.NoPie, Extra = "-m32 -nostdlib -static -fno-stack-protector" };

    /// <summary>Found by trying: a kernel may have been built without it, or its hypervisor may forbid it.</summary>
    public static async Task<bool> RunsHereAsync()
    {
        var program = await Toolchain.BuildAsync(Bare);
        try
        {
            await Child.RunAsync(program, [], TimeSpan.FromSeconds(10));
            return true;
        }
        catch (Win32Exception refused) when (refused.NativeErrorCode == NotExecutable)
        {
            return false;
        }
    }

    public static async Task SkipUnlessItRunsHereAsync() =>
        Assert.SkipUnless(await RunsHereAsync(), "this kernel runs no 32-bit programs (IA-32 emulation); tests/Exact/jobs/90-narrow.sh has them");

    public static Recipe Of(Recipe recipe) => recipe with { Extra = $"{recipe.Extra} -m32" };
}
