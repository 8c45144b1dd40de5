// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>A process that holds memory and a number of threads, and nothing else.</summary>
internal sealed class FakeProcess(int id, FakeMemory memory) : ITargetProcess
{
    public ProcessId Id { get; } = new(id);

    /// <summary>The address space; another one after an exec.</summary>
    internal FakeMemory Space { get; set; } = memory;

    public ITargetMemory Memory => new Current(this);

    internal bool Alive { get; set; } = true;

    /// <summary>The program it runs: what its symbols call themselves.</summary>
    internal string Program { get; set; } = "first";

    internal int ThreadCount { get; init; } = 1;

    public string ExecutablePath => $"/fake/{id}";

    internal Dictionary<ulong, ulong> Auxiliary { get; } = [];

    /// <summary>What /proc/PID/maps says.</summary>
    internal IReadOnlyList<Mapping> Mappings { get; set; } = [];

    public IReadOnlyList<Mapping> ReadMappings() => Mappings;

    public string? OpenablePath(Mapping mapping) => null;

    public IReadOnlyDictionary<ulong, ulong> ReadAuxiliaryVector() => new Dictionary<ulong, ulong>(Auxiliary);

    public IReadOnlyList<(ThreadId Thread, string Name)> ReadThreads() =>
        [.. Enumerable.Range(0, ThreadCount).Select(i => (new ThreadId(id + i), "main"))];

    public Address? ReadThreadPointer(ThreadId thread) => null;

    /// <summary>What descriptor 1 refers to, as long as it is open.</summary>
    internal string? Descriptor { get; set; }

    public string? DescribeDescriptor(int descriptor) => descriptor == 1 ? Descriptor : null;

    /// <summary>Memory is read by pid: after an exec it is the new program's.</summary>
    private sealed class Current(FakeProcess owner) : ITargetMemory
    {
        public bool TryRead(Address address, Span<byte> buffer) => owner.Alive && owner.Space.TryRead(address, buffer);
    }
}
