// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Tests.SystemCalls;

/// <summary>A process of which the descriptors and one page of memory are known.</summary>
internal sealed class TestProcess : ITargetProcess, ITargetMemory
{
    public const ulong Page = 0x7000_0000;
    private readonly byte[] _page = new byte[4096];
    private readonly Dictionary<int, string> _descriptors = [];

    public ProcessId Id => new(1);

    public ITargetMemory Memory => this;

    public string ExecutablePath => "/proc/1/exe";

    public TestProcess With(int descriptor, string description)
    {
        _descriptors[descriptor] = description;
        return this;
    }

    public TestProcess With(ulong address, string text) => With(address, Encoding.UTF8.GetBytes(text));

    public TestProcess With(ulong address, byte[] bytes)
    {
        bytes.CopyTo(_page, (int)(address - Page));
        return this;
    }

    public bool TryRead(Address address, Span<byte> buffer)
    {
        ulong offset = address.Value - Page;
        if (address.Value < Page || offset + (ulong)buffer.Length > (ulong)_page.Length)
        {
            return false;
        }

        _page.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
        return true;
    }

    public string? DescribeDescriptor(int descriptor) => _descriptors.GetValueOrDefault(descriptor);

    public IReadOnlyList<Mapping> ReadMappings() => [];

    public string? OpenablePath(Mapping mapping) => null;

    public IReadOnlyDictionary<ulong, ulong> ReadAuxiliaryVector() => new Dictionary<ulong, ulong>();

    public IReadOnlyList<(ThreadId Thread, string Name)> ReadThreads() => [];

    public Address? ReadThreadPointer(ThreadId thread) => null;
}
