// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Fuzz.Targets;

namespace Livewatcher.Fuzz;

/// <summary>What is fuzzed. A target takes any bytes and throws where something is wrong that the bytes must not bring about.</summary>
internal static class FuzzTargets
{
    private static readonly Dictionary<string, Action<byte[]>> All = new(StringComparer.Ordinal)
    {
        ["elf"] = ElfTarget.Run,
        ["expression"] = ExpressionTarget.Run,
        ["record"] = RecordTarget.Run,
        ["recording"] = RecordingTarget.Run,
        ["wire"] = WireTarget.Run,
    };

    internal static IEnumerable<string> Names => All.Keys;

    internal static Action<byte[]>? Find(string name) => All.GetValueOrDefault(name);
}
