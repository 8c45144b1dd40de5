// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>A live process whose threads have told their thread pointers themselves, so that nobody need trace them.</summary>
internal sealed class ThreadedTarget(int pid, IReadOnlyDictionary<ThreadId, Address> pointers, Emulation? emulation = null) : ITargetProcess
{
    private readonly ProcTarget _target = new(pid, emulation);

    public ProcessId Id => _target.Id;

    public ITargetMemory Memory => _target;

    public string ExecutablePath => _target.ExecutablePath;

    public bool TryRead(Address address, Span<byte> buffer) => _target.TryRead(address, buffer);

    public IReadOnlyList<Mapping> ReadMappings() => _target.ReadMappings();

    public string? OpenablePath(Mapping mapping) => _target.OpenablePath(mapping);

    public IReadOnlyDictionary<ulong, ulong> ReadAuxiliaryVector() => _target.ReadAuxiliaryVector();

    public IReadOnlyList<(ThreadId Thread, string Name)> ReadThreads() =>
        [.. Directory.GetDirectories($"/proc/{pid}/task").Select(d => (
            new ThreadId(int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture)), File.ReadAllText($"{d}/comm").TrimEnd('\n')))];

    public Address? ReadThreadPointer(ThreadId thread) => pointers.TryGetValue(thread, out Address pointer) ? pointer : null;

    public string? DescribeDescriptor(int descriptor) => null;
}
