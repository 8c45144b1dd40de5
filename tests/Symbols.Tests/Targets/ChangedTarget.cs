// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Tests.Targets;

/// <summary>A process in which some answers are others than the real ones.</summary>
internal sealed class ChangedTarget(ITargetProcess real) : ITargetProcess
{
    /// <summary>What to open for a mapping.</summary>
    public Func<Mapping, string?> Open { get; init; } = real.OpenablePath;

    /// <summary>The mappings to show.</summary>
    public Func<IReadOnlyList<Mapping>> Mappings { get; init; } = real.ReadMappings;

    public ITargetMemory Memory { get; init; } = real.Memory;

    public ProcessId Id => real.Id;

    public string ExecutablePath => real.ExecutablePath;

    public IReadOnlyList<Mapping> ReadMappings() => Mappings();

    public string? OpenablePath(Mapping mapping) => Open(mapping);

    public IReadOnlyDictionary<ulong, ulong> ReadAuxiliaryVector() => real.ReadAuxiliaryVector();

    public IReadOnlyList<(ThreadId Thread, string Name)> ReadThreads() => real.ReadThreads();

    public Address? ReadThreadPointer(ThreadId thread) => real.ReadThreadPointer(thread);

    public string? DescribeDescriptor(int descriptor) => real.DescribeDescriptor(descriptor);
}
