// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>The C sample in each way of compiling it, built when first asked for, running until the class's tests are done.</summary>
public sealed class CPrograms : IDisposable
{
    private readonly ConcurrentDictionary<Toolchain, Lazy<CProgramBuild>> _builds = new();

    internal RunningProgram this[Toolchain toolchain] => _builds.GetOrAdd(toolchain, t => new(() => new CProgramBuild(t))).Value.Program;

    public void Dispose()
    {
        foreach (Lazy<CProgramBuild> build in _builds.Values.Where(b => b.IsValueCreated))
        {
            build.Value.Dispose();
        }
    }
}
