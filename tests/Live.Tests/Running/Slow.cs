// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Live.Tests.Running;

/// <summary>Tests of this category have a longer version, which LW_SLOW=1 asks for.</summary>
internal static class Slow
{
    public const string Category = "Category";
    public const string Name = "Slow";

    public static bool IsAsked { get; } = Environment.GetEnvironmentVariable("LW_SLOW") == "1";

    public static int Choose(int usually, int slow) => IsAsked ? slow : usually;
}
